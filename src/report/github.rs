//! Findings as annotations of GitHub Actions, one a line.
//!
//! <https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>

use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Record, Severity};
use crate::source::SourceMap;

/// Writes findings as workflow commands.
pub fn github(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let record = Record::new(diagnostic, sources);
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = Vec::new();
        if let Some(place) = &record.place {
            properties.push(format!("file={}", property(&place.path)));
            properties.push(format!("line={}", place.start.line));
            properties.push(format!("endLine={}", place.end.line));
            properties.push(format!("col={}", place.start.column));
        }
        properties.push(format!("title={}", property(record.code)));
        let mut message = record.message.clone();
        for more in record.notes.iter().chain(&record.help) {
            message.push('\n');
            message.push_str(more);
        }
        let _ = writeln!(
            out,
            "::{command} {}::{}",
            properties.join(","),
            data(&message)
        );
    }
    out
}

/// The text of a command.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::Span;

    #[test]
    fn a_message_stays_on_its_line() {
        let mut sources = SourceMap::default();
        let id = sources.add("a,b.bw", "x\n");
        let finding = Diagnostic::error(Code::UnknownName, "100% no", Span::new(id, 0, 1), "")
            .with_help("write\ny");
        assert_eq!(
            github(&[finding], &sources),
            "::error file=a%2Cb.bw,line=1,endLine=1,col=1,title=unknown-name::100%25 no%0Awrite%0Ay\n"
        );
    }
}
