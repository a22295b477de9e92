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
    help: &'static str,
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
        .with_help(self.help)
    }
}

/// Reads the bytes of a file; a byte order mark is dropped, line ends stay as they are.
///
/// # Errors
/// The readable beginning and the place of the first byte that is not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<String, Undecodable> {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some((reason, help)) = foreign(body) {
        return Err(Undecodable {
            text: String::new(),
            reason: reason.to_owned(),
            help,
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
                help: SAVE,
            }
        })
}

const SAVE: &str = "save the file as UTF-8";
const UNPACK: &str = "unpack it first";

/// What bytes are that begin as no text does, and what to do.
fn foreign(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some(("this is UTF-32", SAVE)),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(("this is UTF-16", SAVE)),
        // Every other byte of ASCII in UTF-16 is zero, and a text without a mark begins with ASCII.
        [0, c, 0, _, ..] | [c, 0, _, 0, ..] if c.is_ascii_graphic() => {
            Some(("this is UTF-16", SAVE))
        }
        [0x1f, 0x8b, ..] => Some(("this is packed with gzip", UNPACK)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(("this is packed with Zstandard", UNPACK)),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(("this is packed with xz", UNPACK)),
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => {
            Some(("this is packed with bzip2", UNPACK))
        }
        // What `terraform plan -out` writes is one, too.
        [b'P', b'K', 3, 4, ..] => Some((
            "this is a ZIP archive",
            "unpack it first; a plan of Terraform is shown with `terraform show -json`",
        )),
        _ => None,
    }
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
