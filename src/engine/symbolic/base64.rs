//! Base64 with padding, read and written: the values of `BinaryEquals`.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Reads base64 with padding; `None` if the text is none.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2 {
        return None;
    }
    let (mut bits, mut held, mut out) = (0_u32, 0_u32, Vec::new());
    for c in digits.bytes() {
        let value = BASE64.iter().position(|b| *b == c)?;
        bits = (bits << 6 | u32::try_from(value).ok()?) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    Some(out)
}

/// Writes base64 with padding.
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_usize, |w, b| w << 8 | usize::from(*b));
        for i in 0..4_usize {
            let digit = BASE64.get(word >> (18 - 6 * i) & 63).copied();
            match digit {
                Some(digit) if i <= chunk.len() => out.push(char::from(digit)),
                _ => out.push('='),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn base64_there_and_back(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let text = encode_base64(&bytes);
            prop_assert_eq!(decode_base64(&text), Some(bytes));
        }
    }
}
