//! The header: where the catalogue comes from, and which slice of the text holds which service.

use std::ops::Range;

use super::{FormatError, MAGIC};

/// A service in the index, as slices of the text: reading the index of 456 services allocates next to nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) struct IndexEntry {
    /// `s3`
    pub(in super::super) prefix: Range<usize>,
    /// `Amazon S3`
    pub(in super::super) title: Range<usize>,
    /// Where its section stands in the text.
    pub(in super::super) section: Range<usize>,
}

/// What stands before the sections.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in super::super) struct Header {
    /// The package or page that the data was taken from.
    pub(in super::super) source: String,
    /// Its version.
    pub(in super::super) version: String,
    /// The day of the data, `YYYY-MM-DD`; empty if the source does not say.
    pub(in super::super) date: String,
    /// The sha256 of the sections, in hexadecimal.
    pub(in super::super) digest: String,
    /// Services under resource control policies, sorted.
    pub(in super::super) rcp_services: Vec<String>,
    /// Key prefixes that are no service, or are listed by others too, each with the services that list its keys.
    pub(in super::super) foreign: Vec<(String, Vec<String>)>,
    /// The services, sorted by prefix.
    pub(in super::super) index: Vec<IndexEntry>,
}

impl Header {
    /// Reads the header of a text.
    pub(in super::super) fn read(text: &str) -> Result<Header, Vec<FormatError>> {
        let mut reader = Reader {
            header: Header::default(),
            next_section: 0,
            last_prefix: "",
            errors: Vec::new(),
        };
        let mut line_end = 0;
        let mut ended = false;
        for (at, line) in text.split('\n').enumerate() {
            line_end += line.len();
            if line.is_empty() && at > 0 {
                ended = line_end < text.len();
                break;
            }
            if let Err(message) = reader.line(at, line, line_end) {
                reader.errors.push(FormatError {
                    line: at + 1,
                    message,
                });
            }
            line_end += 1;
        }
        if !ended {
            return Err(vec![FormatError {
                line: 1,
                message: "no empty line ends the header".to_owned(),
            }]);
        }
        reader.place_sections(line_end + 1);
        if reader.next_section != text.len() && reader.errors.is_empty() {
            reader.errors.push(FormatError {
                line: 1,
                message: format!(
                    "the sections of the index end at byte {}, the text at byte {}",
                    reader.next_section,
                    text.len()
                ),
            });
        }
        if reader.errors.is_empty() {
            Ok(reader.header)
        } else {
            Err(reader.errors)
        }
    }
}

struct Reader<'a> {
    header: Header,
    next_section: usize,
    last_prefix: &'a str,
    errors: Vec<FormatError>,
}

impl<'a> Reader<'a> {
    /// The lengths of the index count from where the header ends, which its reader knows last.
    fn place_sections(&mut self, start: usize) {
        self.next_section = self.next_section.saturating_add(start);
        for entry in &mut self.header.index {
            let section = &entry.section;
            entry.section = section.start.saturating_add(start)..section.end.saturating_add(start);
        }
    }

    fn line(&mut self, at: usize, line: &'a str, line_end: usize) -> Result<(), String> {
        if at == 0 {
            return if line == MAGIC {
                Ok(())
            } else {
                Err(format!("a catalogue begins with `{MAGIC}`"))
            };
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "source" => self.header.source = rest.to_owned(),
            "version" => self.header.version = rest.to_owned(),
            "date" => self.header.date = rest.to_owned(),
            "digest" => self.header.digest = rest.to_owned(),
            "rcp-services" => self.header.rcp_services = words(rest),
            "foreign" => self.foreign(rest)?,
            "service" => self.service(rest, line_end)?,
            _ => return Err(format!("`{word}` is no entry of a header")),
        }
        Ok(())
    }

    fn foreign(&mut self, rest: &str) -> Result<(), String> {
        let mut names = words(rest).into_iter();
        let prefix = names.next().ok_or("a prefix is missing")?;
        let services: Vec<String> = names.collect();
        if services.is_empty() {
            return Err(format!("no service lists the keys of `{prefix}`"));
        }
        self.header.foreign.push((prefix, services));
        Ok(())
    }

    fn service(&mut self, rest: &'a str, line_end: usize) -> Result<(), String> {
        let (length, names) = rest.split_once(' ').ok_or("the prefix is missing")?;
        let (prefix, title) = names.split_once(' ').unwrap_or((names, ""));
        let section_end = length
            .parse()
            .ok()
            .and_then(|length| self.next_section.checked_add(length))
            .ok_or("the length of the section is no number")?;
        if self.last_prefix >= prefix {
            return Err(format!("`{prefix}` is not in the order of the alphabet"));
        }
        let prefix_start = line_end - names.len();
        self.header.index.push(IndexEntry {
            prefix: prefix_start..prefix_start + prefix.len(),
            title: line_end - title.len()..line_end,
            section: self.next_section..section_end,
        });
        self.last_prefix = prefix;
        self.next_section = section_end;
        Ok(())
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}
