//! The parser: recursive descent over bytes, ended by the first error of syntax.

use super::{Extent, Fault, MAX_BYTES, MAX_DEPTH, MAX_FAULTS, Member, Node, Value};

/// Reads a text. The tree is missing if it is no JSON; names that an object holds twice are faults beside a tree.
pub fn parse(text: &str) -> (Option<Node>, Vec<Fault>) {
    parse_within(text, MAX_BYTES)
}

/// As [`parse`], for texts of another size: what AWS prints about a whole account is larger than any document.
pub fn parse_within(text: &str, most: usize) -> (Option<Node>, Vec<Fault>) {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        faults: Vec::new(),
    };
    if text.len() > most {
        parser.fault(
            0,
            0,
            format!("the text has {} bytes", text.len()),
            format!("at most {most}"),
        );
        return (None, parser.faults);
    }
    if text.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
        let message = "a byte order mark before the document".to_owned();
        parser.fault(0, parser.at, message, "the document itself");
    }
    let node = parser.document();
    if let Err(stop) = &node {
        parser.faults.push(stop.clone());
    }
    (node.ok(), parser.faults)
}

/// So many members are held against one another faster than they are sorted.
const FEW: usize = 16;

/// The first error of syntax ends the reading.
type Step<T> = Result<T, Fault>;

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    faults: Vec<Fault>,
}

impl Parser<'_> {
    fn fault(&mut self, start: usize, end: usize, message: String, expected: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault(start, end, message, expected));
        }
    }

    fn document(&mut self) -> Step<Node> {
        let node = self.value()?;
        self.skip_space();
        match self.peek() {
            None => Ok(node),
            Some(_) => Err(self.unexpected("nothing after the document")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// A fault at the next character, naming it.
    fn unexpected(&self, expected: &str) -> Fault {
        let rest = self.text.get(self.at..).unwrap_or("");
        match rest.chars().next() {
            Some(c) => {
                let shown = if c.is_control() {
                    c.escape_default().to_string()
                } else {
                    c.to_string()
                };
                let message = format!("unexpected `{shown}`");
                fault(self.at, self.at + c.len_utf8(), message, expected)
            }
            None => {
                let message = "the text ends too early".to_owned();
                fault(self.at, self.at, message, expected)
            }
        }
    }

    fn value(&mut self) -> Step<Node> {
        self.skip_space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Parser::map)?,
            Some(b'[') => self.nested(Parser::list)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node {
            at: Extent::new(start, self.at),
            value,
        })
    }

    fn word(&mut self, word: &str, value: Value) -> Step<Value> {
        let rest = self.text.get(self.at..).unwrap_or("");
        if !rest.starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn nested(&mut self, read: fn(&mut Self) -> Step<Value>) -> Step<Value> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = "values are nested too deeply".to_owned();
            let expected = format!("at most {MAX_DEPTH} levels");
            return Err(fault(self.at, self.at + 1, message, expected));
        }
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn list(&mut self) -> Step<Value> {
        let mut nodes = Vec::new();
        if self.eat(b']') {
            return Ok(Value::List(nodes));
        }
        loop {
            nodes.push(self.value()?);
            if self.eat(b']') {
                return Ok(Value::List(nodes));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    fn map(&mut self) -> Step<Value> {
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Ok(Value::Map(members));
        }
        loop {
            members.push(self.member()?);
            if self.eat(b'}') {
                self.report_duplicates(&members);
                return Ok(Value::Map(members));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
    }

    fn member(&mut self) -> Step<Member> {
        self.skip_space();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a name in double quotes"));
        }
        let name = self.string()?;
        let name_at = Extent::new(start, self.at);
        if !self.eat(b':') {
            return Err(self.unexpected("`:`"));
        }
        Ok(Member {
            name,
            name_at,
            node: self.value()?,
        })
    }

    fn report_duplicates(&mut self, members: &[Member]) {
        // Nearly all objects are small and without fault, and then nothing need be sorted.
        let later = |at: usize| members.get(at + 1..).unwrap_or_default();
        let is_twice = |(at, one): (usize, &Member)| later(at).iter().any(|m| m.name == one.name);
        if members.len() <= FEW && !members.iter().enumerate().any(is_twice) {
            return;
        }
        let mut sorted: Vec<&Member> = members.iter().collect();
        sorted.sort_by(|a, b| (&a.name, a.name_at).cmp(&(&b.name, b.name_at)));
        for pair in sorted.windows(2) {
            if let [first, second] = pair
                && first.name == second.name
            {
                let message = format!("`{}` stands twice in this object", second.name);
                let Extent { start, end } = second.name_at;
                self.fault(start as usize, end as usize, message, "each name once");
            }
        }
    }

    fn number(&mut self) -> Step<String> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let leading_zero = self.peek() == Some(b'0');
        let digits = self.digits()?;
        if leading_zero && digits > 1 {
            let message = "a number with a leading zero".to_owned();
            return Err(fault(start, self.at, message, "a number without it"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or("").to_owned())
    }

    fn digits(&mut self) -> Step<usize> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        match self.at - start {
            0 => Err(self.unexpected("a digit")),
            count => Ok(count),
        }
    }

    fn string(&mut self) -> Step<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.push_str(self.text.get(plain..self.at).unwrap_or(""));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.unexpected("control characters to be escaped")),
                None => return Err(self.unexpected("`\"`")),
            }
        }
    }

    fn escape(&mut self) -> Step<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        let simple = match letter {
            Some(c @ (b'"' | b'\\' | b'/')) => c as char,
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => return Err(self.unexpected("one of `\"\\/bfnrtu` after `\\`")),
        };
        self.at += 1;
        Ok(simple)
    }

    fn unicode_escape(&mut self, start: usize) -> Step<char> {
        let high = self.hex4()?;
        let mut code = high;
        if (0xd800..0xdc00).contains(&high) {
            let rest = self.text.get(self.at..).unwrap_or("");
            if rest.starts_with("\\u") {
                self.at += 1;
                let low = self.hex4()?;
                if (0xdc00..0xe000).contains(&low) {
                    code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                }
            }
        }
        char::from_u32(code).ok_or_else(|| {
            let message = "half of a surrogate pair".to_owned();
            fault(start, self.at, message, "a Unicode character")
        })
    }

    /// Reads `uXXXX`.
    fn hex4(&mut self) -> Step<u32> {
        self.at += 1;
        let digits = self.text.get(self.at..self.at + 4).unwrap_or("");
        let all_hex = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        match u32::from_str_radix(digits, 16) {
            Ok(code) if all_hex => {
                self.at += 4;
                Ok(code)
            }
            _ => Err(self.unexpected("four hexadecimal digits")),
        }
    }
}

fn fault(start: usize, end: usize, message: String, expected: impl Into<String>) -> Fault {
    Fault {
        at: Extent::new(start, end),
        element: String::new(),
        message,
        expected: expected.into(),
    }
}
