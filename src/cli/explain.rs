//! `bailiwick explain`

use std::fmt::Write;

use super::exit::{Exit, Failure};
use super::session::{Format, Session};
use crate::diagnostic::{Code, nearest};

/// Says what a code means and how to mend what it names; lists all codes without one
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The code of a finding, `unknown-name`
    code: Option<String>,
}

#[derive(serde::Serialize)]
struct Page {
    code: &'static str,
    summary: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
}

/// Prints a page or the list.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    match &args.code {
        Some(name) => explain(find(name)?, session)?,
        None => list(session)?,
    }
    Ok(Exit::Fine)
}

fn find(name: &str) -> Result<Code, Failure> {
    Code::from_name(name).ok_or_else(|| {
        let names = Code::ALL.iter().map(|c| c.as_str());
        Failure::Usage(match nearest(name, names) {
            Some(near) => format!("there is no code `{name}`; did you mean `{near}`?"),
            None => format!("there is no code `{name}`; `bailiwick explain` lists them"),
        })
    })
}

fn explain(code: Code, session: &mut Session) -> Result<(), Failure> {
    match session.format {
        Format::Human => session.print(code.explanation()),
        Format::Json => session.print_json(&Page {
            code: code.as_str(),
            summary: code.summary(),
            page: Some(code.explanation()),
        }),
    }
}

fn list(session: &mut Session) -> Result<(), Failure> {
    let width = Code::ALL.iter().map(|c| c.as_str().len()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for code in Code::ALL {
        let (name, summary) = (code.as_str(), code.summary());
        match session.format {
            Format::Human => {
                let _ = writeln!(text, "{name:width$}  {summary}");
            }
            Format::Json => session.print_json(&Page {
                code: name,
                summary,
                page: None,
            })?,
        }
    }
    session.print(&text)
}
