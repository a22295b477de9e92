//! Draws findings for people (codespan), with the lines they speak of.
//!
//! In: a finding and the sources. Out: text. A line too long to be looked at is named, not shown.

use std::fmt;
use std::ops::Range;

use codespan_reporting::diagnostic as drawn;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{self, DisplayStyle, Styles, StylesWriter};

use super::{Diagnostic, Label, Severity};
use crate::source::{SourceId, SourceMap, Span};

/// Lines of more bytes than this are not shown: a terminal would drown in them.
const LONGEST_LINE: usize = 400;

/// Whether colours are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colour {
    /// Text only.
    Plain,
    /// ANSI escape sequences.
    Ansi,
}

/// Draws one finding, with an empty line after it.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, colour: Colour) -> String {
    let view = View { sources };
    let fits = places(diagnostic).all(|label| view.is_short(label.span));
    let config = term::Config {
        display_style: if fits {
            DisplayStyle::Rich
        } else {
            DisplayStyle::Medium
        },
        chars: term::Chars::box_drawing(),
        ..term::Config::default()
    };
    let mut finding = drawing(diagnostic, &view);
    if let (false, Some(label)) = (fits, &diagnostic.primary) {
        // Without its line a label is not drawn.
        let words = label.message.as_str();
        if !words.is_empty() && !diagnostic.message.contains(words) {
            finding.message = format!("{}; {words}", finding.message);
        }
    }
    let styles = Styles::default();
    let bytes = match colour {
        Colour::Plain => draw(NoColor::new(Vec::new()), &styles, &config, &view, &finding)
            .map(NoColor::into_inner),
        Colour::Ansi => {
            draw(Ansi::new(Vec::new()), &styles, &config, &view, &finding).map(Ansi::into_inner)
        }
    };
    // Only a span of another map can fail; the message is then all there is to say.
    bytes
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| format!("{diagnostic}\n"))
}

fn draw<W: WriteColor>(
    mut out: W,
    styles: &Styles,
    config: &term::Config,
    view: &View<'_>,
    finding: &drawn::Diagnostic<SourceId>,
) -> Result<W, Error> {
    term::emit_to_write_style(
        &mut StylesWriter::new(&mut out, styles),
        config,
        view,
        finding,
    )?;
    Ok(out)
}

fn places(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    diagnostic.primary.iter().chain(&diagnostic.secondary)
}

fn drawing(diagnostic: &Diagnostic, view: &View<'_>) -> drawn::Diagnostic<SourceId> {
    let severity = match diagnostic.severity {
        Severity::Note => drawn::Severity::Note,
        Severity::Warning => drawn::Severity::Warning,
        Severity::Error => drawn::Severity::Error,
    };
    let label = |style: drawn::LabelStyle, label: &Label| {
        drawn::Label::new(style, label.span.source, view.drawable(label.span))
            .with_message(&label.message)
    };
    let primary = diagnostic.primary.iter();
    let primary = primary.map(|l| label(drawn::LabelStyle::Primary, l));
    let secondary = diagnostic.secondary.iter();
    let secondary = secondary.map(|l| label(drawn::LabelStyle::Secondary, l));
    let notes = diagnostic.notes.iter().map(|n| format!("note: {n}"));
    let help = diagnostic.help.iter().map(|h| format!("help: {h}"));
    drawn::Diagnostic::new(severity)
        .with_code(diagnostic.code.as_str())
        .with_message(&diagnostic.message)
        .with_labels(primary.chain(secondary).collect())
        .with_notes(notes.chain(help).collect())
}

impl fmt::Display for Diagnostic {
    /// `error[unknown-name]: …`, without a place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity.as_str();
        write!(f, "{severity}[{}]: {}", self.code.as_str(), self.message)
    }
}

/// The sources as codespan wants to see them.
struct View<'a> {
    sources: &'a SourceMap,
}

impl View<'_> {
    /// Whether the first and the last line of a span can be shown.
    fn is_short(&self, span: Span) -> bool {
        let Some(source) = self.sources.get(span.source) else {
            return true;
        };
        [span.start, span.end].into_iter().all(|at| {
            let line = source.line_index(at as usize);
            let start = source.line_start(line).unwrap_or(0);
            let end = source.line_start(line + 1).unwrap_or(source.text.len());
            end - start <= LONGEST_LINE
        })
    }

    /// The span within the text and on the borders of characters.
    fn drawable(&self, span: Span) -> Range<usize> {
        let text = self.sources.get(span.source).map_or("", |s| &s.text);
        let start = text.floor_char_boundary(span.start as usize);
        let end = text.ceil_char_boundary(span.end as usize).max(start);
        start..end
    }
}

impl<'a> Files<'a> for View<'_> {
    type FileId = SourceId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: SourceId) -> Result<&'a str, Error> {
        let source = self.sources.get(id).ok_or(Error::FileMissing)?;
        Ok(&source.path)
    }

    fn source(&'a self, id: SourceId) -> Result<&'a str, Error> {
        let source = self.sources.get(id).ok_or(Error::FileMissing)?;
        Ok(&source.text)
    }

    fn line_index(&'a self, id: SourceId, byte: usize) -> Result<usize, Error> {
        let source = self.sources.get(id).ok_or(Error::FileMissing)?;
        Ok(source.line_index(byte))
    }

    fn line_range(&'a self, id: SourceId, line: usize) -> Result<Range<usize>, Error> {
        let source = self.sources.get(id).ok_or(Error::FileMissing)?;
        let max = source.line_count();
        let start = source.line_start(line);
        let start = start.ok_or(Error::LineTooLarge { given: line, max })?;
        Ok(start..source.line_start(line + 1).unwrap_or(source.text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn a_finding_is_drawn_with_its_lines() {
        let mut map = SourceMap::default();
        let id = map.add("a.bw", "let é = x\nlet y = é\n");
        let finding = Diagnostic::error(Code::UnknownName, "no `x`", Span::new(id, 9, 10), "here")
            .with_label(Span::new(id, 19, 21), "and there")
            .with_note("a fact")
            .with_help("what to do");
        insta::assert_snapshot!(render(&finding, &map, Colour::Plain), @r"
        error[unknown-name]: no `x`
          ┌─ a.bw:1:9
          │
        1 │ let é = x
          │         ^ here
        2 │ let y = é
          │         - and there
          │
          = note: a fact
          = help: what to do
        ");
        assert!(render(&finding, &map, Colour::Ansi).contains("\u{1b}["));
        let global = Diagnostic::global(Code::UnknownName, "nothing");
        assert_eq!(
            render(&global, &map, Colour::Plain),
            "error[unknown-name]: nothing\n\n"
        );
    }

    #[test]
    fn any_span_is_drawn() {
        let mut map = SourceMap::default();
        let long = format!("é{}\n\u{1F980}", "x".repeat(10_000));
        let id = map.add("a.bw", long);
        let other = SourceMap::default().add("b.bw", "");
        for (source, start, end) in [
            (id, 0, 0),
            (id, 1, 1),
            (id, 0, 9_000),
            (id, 1, 10_005),
            (id, 10_004, 10_005),
            (id, 20_000, 30_000),
            (other, 5, 6),
        ] {
            let finding =
                Diagnostic::error(Code::UnknownName, "no", Span::new(source, start, end), "l");
            let text = render(&finding, &map, Colour::Plain);
            assert!(text.len() < 2_000 && text.contains("no"), "{text}");
        }
    }

    #[test]
    fn the_label_of_a_line_that_is_not_shown_is_said() {
        let mut map = SourceMap::default();
        let id = map.add("a.json", "x".repeat(10_000));
        let span = Span::new(id, 4, 5);
        let finding = Diagnostic::error(Code::UnknownName, "no `x`", span, "expected `y`");
        assert_eq!(
            render(&finding, &map, Colour::Plain),
            "a.json:1:5: error[unknown-name]: no `x`; expected `y`\n"
        );
    }
}
