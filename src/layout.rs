//! Documents that know where they may be broken, and the printer that fits them into a width.
//!
//! A document is a flat list of commands, so neither building nor printing recurses, and printing looks at
//! each command twice: once to measure, once to write. Lines are indented lazily, so none ends in blanks.

/// How a place for a line break looks where the line is not broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flat {
    /// A space.
    Space,
    /// Nothing.
    Empty,
}

#[derive(Clone, Copy, Debug)]
enum Command {
    /// The next that many bytes of the document's text.
    Text(u32),
    /// That many bytes of text if the group around is broken, else nothing.
    IfBroken(u32),
    /// Ends the line if the group around is broken.
    Line(Flat),
    /// Ends the line.
    Hard,
    /// Breaks the groups around.
    Force,
    /// Starts a group: broken if it does not fit; a sticky one also if a line ended since the last mark.
    Open {
        sticky: bool,
    },
    Close,
    Indent(u32),
    Dedent(u32),
    Mark,
}

/// A text with groups, indents and places for line breaks.
#[derive(Clone, Default, Debug)]
pub struct Document {
    text: String,
    commands: Vec<Command>,
}

impl Document {
    /// Adds text; it must not contain a line feed.
    pub fn text(&mut self, text: &str) {
        self.text.push_str(text);
        self.commands.push(Command::Text(length(text)));
    }

    /// Adds text that is only written where the group around is broken.
    pub fn if_broken(&mut self, text: &str) {
        self.text.push_str(text);
        self.commands.push(Command::IfBroken(length(text)));
    }

    /// Adds a place for a line break.
    pub fn line(&mut self, flat: Flat) {
        self.commands.push(Command::Line(flat));
    }

    /// Adds a line break; every group around is broken.
    pub fn hard_line(&mut self) {
        self.commands.push(Command::Hard);
    }

    /// Breaks every group around without ending the line here.
    pub fn force(&mut self) {
        self.commands.push(Command::Force);
    }

    /// Starts a group: all its own places for line breaks are used, or none.
    pub fn open(&mut self) {
        self.commands.push(Command::Open { sticky: false });
    }

    /// Starts a group that is also broken if a line ended since the last [`Document::mark`].
    pub fn open_sticky(&mut self) {
        self.commands.push(Command::Open { sticky: true });
    }

    /// Ends the innermost group.
    pub fn close(&mut self) {
        self.commands.push(Command::Close);
    }

    /// Indents the lines that start from here on by so many columns more.
    pub fn indent(&mut self, columns: u32) {
        self.commands.push(Command::Indent(columns));
    }

    /// Takes an indent back.
    pub fn dedent(&mut self, columns: u32) {
        self.commands.push(Command::Dedent(columns));
    }

    /// Remembers the line for sticky groups.
    pub fn mark(&mut self) {
        self.commands.push(Command::Mark);
    }

    /// Writes the document; text that cannot be broken may stand out beyond `width`.
    pub fn print(&self, width: usize) -> String {
        let measures = self.measure();
        let mut printer = Printer {
            width,
            out: String::with_capacity(self.text.len() * 5 / 4),
            rest: &self.text,
            column: 0,
            indent: 0,
            margin: 0,
            line: 0,
            mark: 0,
            broken: Vec::new(),
        };
        for (command, fits) in self.commands.iter().zip(&measures) {
            printer.command(*command, *fits);
        }
        printer.out
    }

    /// For each `Open`: the columns up to its end and on to the next place for a line break, if it is flat;
    /// `usize::MAX` if a line ends inside.
    fn measure(&self) -> Vec<usize> {
        let mut measures = vec![0; self.commands.len()];
        let mut rest = self.text.as_str();
        // Columns from the start of the document if nothing were broken, and where a line must end.
        let mut flat = 0_usize;
        let mut hard = 0_usize;
        let mut open: Vec<(usize, usize, usize)> = Vec::new();
        let mut closed: Vec<(usize, usize)> = Vec::new();
        for (index, command) in self.commands.iter().enumerate() {
            match command {
                Command::Text(bytes) => flat += columns(take(&mut rest, *bytes)),
                Command::IfBroken(bytes) => {
                    take(&mut rest, *bytes);
                }
                Command::Line(kind) => {
                    settle(&mut closed, &mut measures, flat);
                    flat += usize::from(*kind == Flat::Space);
                }
                Command::Hard => {
                    settle(&mut closed, &mut measures, flat);
                    hard += 1;
                }
                Command::Force => hard += 1,
                Command::Open { .. } => open.push((index, flat, hard)),
                Command::Close => {
                    if let Some((start, before, hard_before)) = open.pop() {
                        match hard == hard_before {
                            true => closed.push((start, before)),
                            false => set(&mut measures, start, usize::MAX),
                        }
                    }
                }
                Command::Indent(_) | Command::Dedent(_) | Command::Mark => {}
            }
        }
        settle(&mut closed, &mut measures, flat);
        measures
    }
}

/// Groups that ended since the last place for a line break reach up to here.
fn settle(closed: &mut Vec<(usize, usize)>, measures: &mut [usize], flat: usize) {
    for (start, before) in closed.drain(..) {
        set(measures, start, flat - before);
    }
}

fn set(measures: &mut [usize], index: usize, value: usize) {
    if let Some(slot) = measures.get_mut(index) {
        *slot = value;
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

fn columns(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.chars().count(),
    }
}

/// Takes so many bytes off the front.
fn take<'a>(rest: &mut &'a str, bytes: u32) -> &'a str {
    let (front, back) = rest.split_at_checked(bytes as usize).unwrap_or((rest, ""));
    *rest = back;
    front
}

struct Printer<'a> {
    width: usize,
    out: String,
    rest: &'a str,
    column: usize,
    indent: usize,
    /// The indent when the line started.
    margin: usize,
    line: usize,
    mark: usize,
    broken: Vec<bool>,
}

impl Printer<'_> {
    fn command(&mut self, command: Command, columns_needed: usize) {
        let broken = self.broken.last().copied().unwrap_or(true);
        match command {
            Command::Text(bytes) => self.write(bytes),
            Command::IfBroken(bytes) if broken => self.write(bytes),
            Command::IfBroken(bytes) => {
                take(&mut self.rest, bytes);
            }
            Command::Line(_) if broken => self.end_line(),
            Command::Line(Flat::Space) => {
                self.out.push(' ');
                self.column += 1;
            }
            Command::Line(Flat::Empty) => {}
            Command::Hard => self.end_line(),
            Command::Force => {}
            Command::Open { sticky } => {
                let start = if self.column == 0 {
                    self.margin
                } else {
                    self.column
                };
                let fits = start.saturating_add(columns_needed) <= self.width;
                let torn = sticky && self.line != self.mark;
                self.broken.push(broken && (!fits || torn));
            }
            Command::Close => {
                self.broken.pop();
            }
            Command::Indent(columns) => self.indent += columns as usize,
            Command::Dedent(columns) => self.indent = self.indent.saturating_sub(columns as usize),
            Command::Mark => self.mark = self.line,
        }
    }

    fn write(&mut self, bytes: u32) {
        let text = take(&mut self.rest, bytes);
        if text.is_empty() {
            return;
        }
        if self.column == 0 {
            self.out.extend(std::iter::repeat_n(' ', self.margin));
            self.column = self.margin;
        }
        self.out.push_str(text);
        self.column += columns(text);
    }

    fn end_line(&mut self) {
        self.out.push('\n');
        self.column = 0;
        self.margin = self.indent;
        self.line += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(elements: &[&str]) -> Document {
        let mut doc = Document::default();
        doc.text("[");
        doc.open();
        doc.indent(2);
        for (i, element) in elements.iter().enumerate() {
            doc.line(if i == 0 { Flat::Empty } else { Flat::Space });
            doc.text(element);
            match i + 1 == elements.len() {
                true => doc.if_broken(","),
                false => doc.text(","),
            }
        }
        doc.dedent(2);
        doc.line(Flat::Empty);
        doc.close();
        doc.text("];");
        doc
    }

    #[test]
    fn a_group_is_flat_if_it_fits_with_what_follows() {
        assert_eq!(list(&["aa", "bb"]).print(9), "[aa, bb];");
        assert_eq!(list(&["aa", "bb"]).print(8), "[\n  aa,\n  bb,\n];");
        assert_eq!(list(&["ä", "ö"]).print(7), "[ä, ö];");
    }

    #[test]
    fn a_hard_line_breaks_the_groups_around() {
        let mut doc = Document::default();
        doc.open();
        doc.text("a");
        doc.line(Flat::Space);
        doc.open();
        doc.text("b");
        doc.hard_line();
        doc.close();
        doc.text("c");
        doc.close();
        assert_eq!(doc.print(80), "a\nb\nc");
    }

    #[test]
    fn a_sticky_group_follows_a_line_that_ended() {
        let mut doc = Document::default();
        for _ in 0..2 {
            doc.mark();
            doc.text("a");
            for clause in ["bbbb", "c"] {
                doc.open_sticky();
                doc.line(Flat::Space);
                doc.text(clause);
                doc.close();
            }
            doc.hard_line();
        }
        assert_eq!(doc.print(80), "a bbbb c\na bbbb c\n");
        assert_eq!(doc.print(5), "a\nbbbb\nc\na\nbbbb\nc\n");
    }

    #[test]
    fn deep_documents_print_without_recursion() {
        let mut doc = Document::default();
        for _ in 0..100_000 {
            doc.open();
            doc.text("(");
        }
        for _ in 0..100_000 {
            doc.line(Flat::Empty);
            doc.close();
        }
        assert_eq!(doc.print(10).matches('(').count(), 100_000);
    }
}
