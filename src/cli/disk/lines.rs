//! JSON Lines, read in parts: a batch of any length takes little memory, and its first results come early.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::reason;
use crate::cli::exit::Failure;
use crate::iam::json::MAX_BYTES;

/// A part ends with the line that makes it this long.
const PART: usize = 1 << 20;

/// The standard input, by this name.
const STDIN: &str = "-";

/// What is left of a file of lines.
pub(in crate::cli) struct Lines {
    reader: Box<dyn BufRead>,
    name: String,
    next_line: usize,
}

/// Whole lines, and the number of the first.
pub(in crate::cli) struct Part {
    /// From 1.
    pub(in crate::cli) first_line: usize,
    /// The lines with their ends.
    pub(in crate::cli) bytes: Vec<u8>,
}

impl Lines {
    /// Opens a file, or the standard input for `-`.
    pub(in crate::cli) fn open(path: &Path) -> Result<Lines, Failure> {
        let reader: Box<dyn BufRead> = match path.to_str() {
            Some(STDIN) => Box::new(BufReader::new(io::stdin())),
            _ => {
                let opened = File::open(path);
                let file = opened.map_err(|e| Failure::at(path, "cannot read", reason(&e)))?;
                Box::new(BufReader::new(file))
            }
        };
        Ok(Lines {
            reader,
            name: path.display().to_string(),
            next_line: 1,
        })
    }

    /// The next lines; `None` at the end.
    pub(in crate::cli) fn next(&mut self) -> Result<Option<Part>, Failure> {
        let first_line = self.next_line;
        let mut bytes = Vec::new();
        while bytes.len() < PART {
            let read = read_line(&mut self.reader, &mut bytes);
            let read = read.map_err(|e| {
                Failure::Usage(format!("cannot read `{}`: {}", self.name, reason(&e)))
            })?;
            if read == 0 {
                break;
            }
            self.next_line += 1;
        }
        Ok((!bytes.is_empty()).then_some(Part { first_line, bytes }))
    }
}

/// Adds a line to what was read. Of one that is longer than any text that is read further on, only the beginning is
/// kept: enough to be refused for its length.
fn read_line(reader: &mut dyn BufRead, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let limit = u64::try_from(MAX_BYTES + 2).unwrap_or(u64::MAX);
    let read = reader.take(limit).read_until(b'\n', bytes)?;
    if read > 0 && bytes.last() != Some(&b'\n') {
        skip_line(reader)?;
        bytes.push(b'\n');
    }
    Ok(read)
}

fn skip_line(reader: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let available = reader.fill_buf()?;
        let end = available.iter().position(|b| *b == b'\n');
        let length = end.map_or(available.len(), |end| end + 1);
        let done = end.is_some() || available.is_empty();
        reader.consume(length);
        if done {
            return Ok(());
        }
    }
}

/// The whole of a file, or of the standard input for `-`, as far as it is not too long for anything.
pub(in crate::cli) fn read_text(path: &Path) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(MAX_BYTES + 1).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = match path.to_str() {
        Some(STDIN) => io::stdin().lock().take(limit).read_to_end(&mut bytes),
        _ => File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::at(path, "cannot read", reason(&error))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: Vec<u8>) -> Vec<Part> {
        let mut lines = Lines {
            reader: Box::new(io::Cursor::new(text)),
            name: "test".to_owned(),
            next_line: 1,
        };
        std::iter::from_fn(|| lines.next().unwrap_or(None)).collect()
    }

    #[test]
    fn parts_are_whole_lines_with_their_numbers() {
        let line = |n: usize| format!("{n}{}\n", "x".repeat(300_000));
        let text: String = (1..10).map(line).collect();
        let found = parts(text.clone().into_bytes());
        let firsts: Vec<usize> = found.iter().map(|p| p.first_line).collect();
        assert_eq!(firsts, [1, 5, 9]);
        let whole: Vec<u8> = found.into_iter().flat_map(|p| p.bytes).collect();
        assert_eq!(whole, text.into_bytes());
    }

    #[test]
    fn of_a_line_that_is_too_long_the_beginning_is_kept() {
        let mut text = vec![b'x'; 3 * MAX_BYTES];
        text.extend(b"\nshort");
        let found = parts(text);
        let lengths: Vec<usize> = found.iter().map(|p| p.bytes.len()).collect();
        assert_eq!(lengths, [MAX_BYTES + 3, 6]);
        assert_eq!(found.last().map(|p| p.first_line), Some(2));
        assert!(parts(Vec::new()).is_empty());
    }
}
