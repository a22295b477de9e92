//! Bytes of a file to text: UTF-8 with or without a byte order mark, any line ends.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// A file that is not UTF-8 text: what could be read of it, and where it stops being text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undecodable {
    /// The text up to the first bad byte, to be shown around the diagnostic.
    pub text: String,
    /// What the bytes look like.
    reason: String,
}

impl Undecodable {
    /// The finding, given the source under which [`Undecodable::text`] was registered.
    pub fn diagnostic(&self, source: SourceId) -> Diagnostic {
        let end = self.text.len();
        Diagnostic::error(
            Code::InvalidEncoding,
            "the file is not UTF-8 text",
            Span::new(source, end, end),
            self.reason.clone(),
        )
        .with_help("save the file as UTF-8")
    }
}

/// Reads the bytes of a file; a byte order mark is dropped, line ends stay as they are.
///
/// # Errors
/// The readable beginning and the place of the first byte that is not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<String, Undecodable> {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let foreign = match body {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("this is UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("this is UTF-16"),
        // Every other byte of ASCII in UTF-16 is zero, and a text without a mark begins with ASCII.
        [0, c, 0, _, ..] | [c, 0, _, 0, ..] if c.is_ascii_graphic() => Some("this is UTF-16"),
        [0x1f, 0x8b, ..] => Some("this is packed with gzip"),
        [b'P', b'K', 3, 4, ..] => Some("this is a ZIP archive"),
        _ => None,
    };
    if let Some(reason) = foreign {
        return Err(Undecodable {
            text: String::new(),
            reason: reason.to_owned(),
        });
    }
    std::str::from_utf8(body)
        .map(str::to_owned)
        .map_err(|error| {
            let good = body.get(..error.valid_up_to()).unwrap_or_default();
            let bad = body.get(error.valid_up_to()).copied().unwrap_or_default();
            Undecodable {
                text: String::from_utf8_lossy(good).into_owned(),
                reason: format!("byte 0x{bad:02x} is no UTF-8 here"),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(
            decode(b"\xef\xbb\xbflet a = 1\r\n").unwrap(),
            "let a = 1\r\n"
        );
    }

    #[test]
    fn the_first_bad_byte_is_named() {
        for (bytes, what) in [
            (&b"l\0e\0t\0"[..], "UTF-16"),
            (b"\0l\0e\0t", "UTF-16"),
            (b"\xff\xfe\0\0", "UTF-32"),
            (b"\x1f\x8b\x08\0", "gzip"),
        ] {
            assert!(decode(bytes).unwrap_err().reason.contains(what), "{what}");
        }
        let bad = decode(b"let a = \"\xc3(\"").unwrap_err();
        assert_eq!(bad.text, "let a = \"");
        assert!(bad.reason.contains("0xc3"));
        assert!(
            decode(b"\xff\xfel\0")
                .unwrap_err()
                .reason
                .contains("UTF-16")
        );
    }
}
