//! Documents that stand as text inside another document, escaped and perhaps URL-encoded, with the places of their bytes.

use crate::iam::json::{self, Extent, Fault, Node, Value};

/// A text inside a text.
pub(super) struct Embedded {
    /// What it says, its escapes read.
    pub(super) text: String,
    /// For every byte of the text, and its end, the byte of the outer text; `None` if that is not known.
    places: Option<Vec<u32>>,
    whole: Extent,
}

impl Embedded {
    /// A text that stands at a place of an outer text. Escapes of JSON are followed; where the text is written in
    /// another way, as in YAML, everything inside is placed at the whole.
    pub(super) fn new(value: &str, at: Extent, outer: &str) -> Embedded {
        let raw = outer.get(at.range()).unwrap_or("");
        let places = places_in_json(raw, at.start).filter(|p| p.len() == value.len() + 1);
        Embedded {
            text: value.to_owned(),
            places,
            whole: at,
        }
    }

    /// The same without URL encoding (RFC 3986); `None` if that gives no text.
    pub(super) fn percent_decoded(&self) -> Option<Embedded> {
        let bytes = self.text.as_bytes();
        let (mut out, mut places) = (Vec::new(), Vec::new());
        let mut at = 0;
        let place = |at: usize| self.places.as_ref().and_then(|p| p.get(at)).copied();
        while let Some(byte) = bytes.get(at).copied() {
            let decoded = (byte == b'%')
                .then(|| hex_pair(bytes.get(at + 1..at + 3)?))
                .flatten();
            out.push(decoded.unwrap_or(byte));
            places.extend(place(at));
            at += if decoded.is_some() { 3 } else { 1 };
        }
        places.extend(place(at));
        let text = String::from_utf8(out).ok()?;
        Some(Embedded {
            places: Some(places).filter(|p| p.len() == text.len() + 1),
            text,
            whole: self.whole,
        })
    }

    /// Reads the text as JSON; all places are those of the outer text.
    pub(super) fn parse(&self) -> (Option<Node>, Vec<Fault>) {
        let (mut node, mut faults) = json::parse(&self.text);
        if let Some(node) = &mut node {
            self.move_out(node);
        }
        for fault in &mut faults {
            fault.at = self.place(fault.at);
        }
        (node, faults)
    }

    fn place(&self, inner: Extent) -> Extent {
        let at = |n: u32| self.places.as_ref()?.get(n as usize).copied();
        match (at(inner.start), at(inner.end)) {
            (Some(start), Some(end)) => Extent { start, end },
            _ => self.whole,
        }
    }

    fn move_out(&self, node: &mut Node) {
        node.at = self.place(node.at);
        match &mut node.value {
            Value::List(items) => items.iter_mut().for_each(|item| self.move_out(item)),
            Value::Map(members) => {
                for member in members {
                    member.name_at = self.place(member.name_at);
                    self.move_out(&mut member.node);
                }
            }
            _ => {}
        }
    }
}

fn hex_pair(digits: &[u8]) -> Option<u8> {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let value = match digits {
        [high, low] => digit(high)? * 16 + digit(low)?,
        _ => return None,
    };
    u8::try_from(value).ok()
}

/// Where each byte of a JSON text comes from, its end included. `None` if it is no JSON text.
fn places_in_json(raw: &str, start: u32) -> Option<Vec<u32>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut places = Vec::with_capacity(inner.len() + 1);
    let mut chars = inner.char_indices();
    let place = |at: usize| u32::try_from(at + 1).map_or(u32::MAX, |n| start.saturating_add(n));
    while let Some((at, c)) = chars.next() {
        let length = match c {
            '\\' => match chars.next()?.1 {
                'u' => escaped_length(&mut chars)?,
                _ => 1,
            },
            other => other.len_utf8(),
        };
        places.extend(std::iter::repeat_n(place(at), length));
    }
    places.push(place(inner.len()));
    Some(places)
}

/// The bytes of the character behind `\u`, a second surrogate included.
fn escaped_length(chars: &mut std::str::CharIndices<'_>) -> Option<usize> {
    let mut four = || {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + chars.next()?.1.to_digit(16)?;
        }
        Some(unit)
    };
    let first = four()?;
    if (0xd800..0xdc00).contains(&first) {
        chars.next()?;
        chars.next()?;
        let mut rest = || {
            for _ in 0..4 {
                chars.next()?;
            }
            Some(4)
        };
        return rest();
    }
    char::from_u32(first).map(char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outer text at the places of the members of the inner object.
    fn places(outer: &str, decode: impl Fn(Embedded) -> Embedded) -> Vec<&str> {
        let (node, faults) = json::parse(outer);
        assert_eq!(faults, vec![]);
        let node = node.unwrap();
        let Value::Text(text) = &node.value else {
            panic!("a text");
        };
        let embedded = decode(Embedded::new(text, node.at, outer));
        let (inner, faults) = embedded.parse();
        assert_eq!(faults, vec![]);
        let Value::Map(members) = inner.unwrap().value else {
            panic!("an object");
        };
        let at = |m: &json::Member| m.node.at.range();
        members.iter().map(|m| &outer[at(m)]).collect()
    }

    #[test]
    fn the_places_of_escaped_parts_are_those_outside() {
        let outer = r#" "{\"ä\u00e4\ud83d\ude00\": \"x\",\n \"b\": [1, 2]}" "#;
        assert_eq!(places(outer, |e| e), [r#"\"x\""#, "[1, 2]"]);
    }

    #[test]
    fn the_places_of_encoded_parts_are_those_outside() {
        let outer = r#""%7B%22a%22%3A%20%22%C3%A4%25%22%2C%22b%22%3A17%7D""#;
        let found = places(outer, |e| e.percent_decoded().unwrap());
        assert_eq!(found, ["%22%C3%A4%25%22", "17"]);
    }

    #[test]
    fn what_is_not_written_in_json_is_placed_at_the_whole() {
        let outer = "key: {\"a\": 1}";
        let at = Extent::new(5, 13);
        let embedded = Embedded::new("{\"a\": 1}", at, outer);
        let (node, _) = embedded.parse();
        assert_eq!(node.unwrap().at, at);
    }

    #[test]
    fn a_percent_sign_that_encodes_nothing_stays() {
        let embedded = Embedded::new("100%%41%4", Extent::default(), "");
        assert_eq!(embedded.percent_decoded().unwrap().text, "100%A%4");
    }
}
