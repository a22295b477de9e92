//! `bailiwick semantics`, and the `--semantics` of the commands that follow them.

use std::fmt::Write;

use super::exit::{Exit, Failure};
use super::session::{Format, Session};
use crate::engine::Semantics;
use crate::engine::semantics::{SETTINGS, Setting};

/// Lists the points on which sources about AWS disagree, with the choices and why the default is what it is
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

/// The setting of a point on which sources about AWS disagree.
#[derive(clap::Args, Debug)]
pub(super) struct Choices {
    /// Settles a point on which sources about AWS disagree; `bailiwick semantics` lists them
    #[arg(long = "semantics", value_name = "NAME=VALUE")]
    settings: Vec<String>,
}

impl Choices {
    /// The semantics that were asked for.
    pub(super) fn semantics(&self) -> Result<Semantics, Failure> {
        let settings = self.settings.iter().map(String::as_str);
        Semantics::parse(settings).map_err(|error| Failure::Usage(error.to_string()))
    }
}

#[derive(serde::Serialize)]
struct Record {
    name: &'static str,
    number: &'static str,
    default: &'static str,
    choices: Vec<Choice>,
    why: &'static str,
}

#[derive(serde::Serialize)]
struct Choice {
    value: &'static str,
    meaning: &'static str,
}

/// Lists the settings.
pub(super) fn run(_: &Args, session: &mut Session) -> Result<Exit, Failure> {
    match session.format {
        Format::Human => {
            let pages: Vec<String> = SETTINGS.iter().map(page).collect();
            session.print(&pages.join("\n"))?;
        }
        Format::Json => SETTINGS
            .iter()
            .try_for_each(|setting| session.print_json(&record(setting)))?,
    }
    Ok(Exit::Fine)
}

fn page(setting: &Setting) -> String {
    let mut text = format!("{} ({})\n", setting.name, setting.number);
    wrap(setting.why, "  ", &mut text);
    for (index, choice) in setting.choices.iter().enumerate() {
        let mark = if index == 0 { " (default)" } else { "" };
        let _ = writeln!(text, "    {}{mark}", choice.value);
        wrap(choice.meaning, "        ", &mut text);
    }
    text
}

/// Breaks a text into lines of some ninety characters.
fn wrap(text: &str, indent: &str, out: &mut String) {
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count() + 1;
        if width == 0 || width + length > 90 {
            out.push_str(if width == 0 { "" } else { "\n" });
            out.push_str(indent);
            width = indent.len();
        } else {
            out.push(' ');
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
}

fn record(setting: &Setting) -> Record {
    let choice = |c: &crate::engine::semantics::Choice| Choice {
        value: c.value,
        meaning: c.meaning,
    };
    Record {
        name: setting.name,
        number: setting.number,
        default: setting.choices.first().map_or("", |c| c.value),
        choices: setting.choices.iter().map(choice).collect(),
        why: setting.why,
    }
}
