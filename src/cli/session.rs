//! What every subcommand has in hand: how to speak, and to whom.

use std::io::{self, IsTerminal, Write};

use super::exit::{Exit, Failure};
use crate::diagnostic::Colour;

/// Arguments of all subcommands.
#[derive(clap::Args, Debug)]
pub(super) struct Settings {
    /// How findings and results are written; `json` writes findings to stdout, one a line
    #[arg(long, global = true, value_enum, default_value_t = Shape::Human)]
    format: Shape,
    /// When to write colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    color: When,
}

/// For whom we write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Format {
    /// People, and programs that show people what we say.
    Human,
    /// Programs.
    Json,
}

/// How findings and results are written; not every command has every shape.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// For people
    Human,
    /// For programs
    Json,
    /// For a comment on a pull request
    Markdown,
    /// For code scanning: one SARIF 2.1.0 document
    Sarif,
    /// For GitHub Actions: annotations
    Github,
    /// For the test pages of CI servers: JUnit's XML
    Junit,
}

impl Shape {
    /// The word of the command line.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Shape::Human => "human",
            Shape::Json => "json",
            Shape::Markdown => "markdown",
            Shape::Sarif => "sarif",
            Shape::Github => "github",
            Shape::Junit => "junit",
        }
    }
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum When {
    /// If stderr is a terminal and NO_COLOR is not set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `--format` of a command that has these shapes only. The default is that of the argument of all commands.
pub(super) fn format_of(shapes: &'static [Shape]) -> clap::Arg {
    use clap::ValueEnum;
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    let values = shapes.iter().filter_map(ValueEnum::to_possible_value);
    let parser = PossibleValuesParser::new(values).map(|word| {
        // The parser lets none but these words through.
        Shape::from_str(&word, false).unwrap_or(Shape::Human)
    });
    clap::Arg::new("format")
        .long("format")
        .global(true)
        .value_parser(parser)
        .value_name("FORMAT")
        .help("How findings and results are written; `json` writes findings to stdout, one a line [default: human]")
}

/// One run of the program.
pub(super) struct Session {
    /// For whom we write.
    pub(super) format: Format,
    /// The shape that was asked for.
    pub(super) shape: Shape,
    /// Whether findings have colours.
    pub(super) colour: Colour,
    /// Whether somebody watches stderr.
    pub(super) watched: bool,
}

impl Session {
    /// Looks at the terminal once.
    pub(super) fn new(settings: &Settings) -> Session {
        let choice = anstream::AutoStream::choice(&io::stderr());
        let colour = match settings.color {
            When::Always => Colour::Ansi,
            When::Never => Colour::Plain,
            When::Auto if choice == anstream::ColorChoice::Never => Colour::Plain,
            When::Auto => Colour::Ansi,
        };
        Session {
            format: match settings.format {
                Shape::Json => Format::Json,
                _ => Format::Human,
            },
            shape: settings.format,
            colour,
            watched: io::stderr().is_terminal(),
        }
    }

    /// Refuses a shape that a command does not have.
    pub(super) fn expect_shape(&self, shapes: &[Shape]) -> Result<(), Failure> {
        if shapes.contains(&self.shape) {
            return Ok(());
        }
        let known: Vec<&str> = shapes.iter().map(|s| s.as_str()).collect();
        Err(Failure::Usage(format!(
            "this command has no format `{}`; it has {}",
            self.shape.as_str(),
            known.join(", ")
        )))
    }

    /// Writes a result to stdout.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        write(io::stdout().lock(), text)
    }

    /// Writes a value as one line of JSON to stdout.
    pub(super) fn print_json(&mut self, value: &impl serde::Serialize) -> Result<(), Failure> {
        match serde_json::to_string(value) {
            Ok(line) => self.print(&format!("{line}\n")),
            Err(error) => Err(Failure::Usage(format!("this has no JSON form: {error}"))),
        }
    }

    /// Tells people something on stderr; programs are told nothing.
    pub(super) fn tell(&mut self, text: &str) -> Result<(), Failure> {
        match self.format {
            Format::Human => write(io::stderr().lock(), text),
            Format::Json => Ok(()),
        }
    }

    /// Says why it did not work, if it did not.
    pub(super) fn finish(&mut self, result: Result<Exit, Failure>) -> Exit {
        match result {
            Ok(exit) => exit,
            Err(Failure::ReaderGone) => Exit::Fine,
            Err(Failure::Usage(sentence)) => {
                let mark = match self.colour {
                    Colour::Plain => "error:",
                    Colour::Ansi => "\u{1b}[1m\u{1b}[91merror:\u{1b}[0m",
                };
                let _ = write(io::stderr().lock(), &format!("{mark} {sentence}\n"));
                Exit::Usage
            }
        }
    }
}

/// A reader that has gone ends the run quietly; any other failure is said.
fn write(mut to: impl Write, text: &str) -> Result<(), Failure> {
    let written = to.write_all(text.as_bytes()).and_then(|()| to.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::Usage(format!("the output cannot be written: {error}")),
    })
}
