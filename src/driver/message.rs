//! The sentences about a project as a whole: its settings, its files, its lock.

use crate::catalogue::FactChange;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Span;

/// Changes of the catalogue that are listed one by one.
const SHOWN: usize = 10;

pub(super) fn toml(message: &str, span: Span) -> Diagnostic {
    // The reader's own sentences may run over several lines.
    let message = message.lines().next().unwrap_or("this is not TOML");
    Diagnostic::error(Code::InvalidConfig, message, span, "")
}

pub(super) fn belongs_to_project(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownSetting,
        format!("`{name}` does not belong at the top"),
        span,
        "",
    )
    .with_help("write it under `[project]`")
}

/// `table` is empty for the tables themselves.
pub(super) fn unknown_key<const N: usize>(
    table: &str,
    name: &str,
    span: Span,
    known: [&str; N],
) -> Diagnostic {
    let message = match table {
        "" => format!("there is no table `{name}`"),
        _ => format!("`{table}` has no key `{name}`"),
    };
    let diagnostic = Diagnostic::error(Code::UnknownSetting, message, span, "");
    match (nearest(name, known), known.as_slice()) {
        (Some(near), _) => suggest(diagnostic, span, near),
        (None, [only]) => diagnostic.with_help(format!("the only key is `{only}`")),
        (None, _) => diagnostic.with_help(format!("known are {}", quoted(&known))),
    }
}

pub(super) fn unknown_quota<'a>(
    name: &str,
    span: Span,
    known: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let message = format!("there is no quota `{name}`");
    let diagnostic = Diagnostic::error(Code::UnknownSetting, message, span, "");
    match nearest(name, known) {
        // No fix: the name may be written in parts, `scp.size` or `[quotas.scp]`.
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

pub(super) fn unknown_code(name: &str, span: Span) -> Diagnostic {
    let message = format!("there is no finding called `{name}`");
    let diagnostic = Diagnostic::error(Code::UnknownSetting, message, span, "");
    match nearest(name, Code::ALL.iter().map(|c| c.as_str())) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help("`bailiwick explain` lists them"),
    }
}

pub(super) fn wrong_value(name: &str, wanted: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidConfig,
        format!("`{name}` takes {wanted}"),
        span,
        "",
    )
}

pub(super) fn not_one_of(name: &str, value: &str, span: Span, known: &[&str]) -> Diagnostic {
    let message = format!("`{name}` cannot be `{value}`");
    let diagnostic = Diagnostic::error(Code::InvalidConfig, message, span, "");
    let list = match known {
        [only] => format!("it is `{only}`"),
        _ => format!("it is one of {}", quoted(known)),
    };
    match nearest(value, known.iter().copied()).filter(|_| known.len() > 1) {
        Some(near) => diagnostic.with_help(format!("{list}; did you mean `{near}`?")),
        None => diagnostic.with_help(list),
    }
}

/// `[lints]` weighs what is open to judgement.
pub(super) fn always_an_error(code: Code, span: Span) -> Diagnostic {
    let message = format!("`{}` is always an error", code.as_str());
    Diagnostic::error(Code::InvalidConfig, message, span, "")
        .with_help("only warnings can be given another weight; leave the line out")
}

pub(super) fn outside(what: &str, path: &str, span: Span) -> Diagnostic {
    let (thing, place) = match what {
        "catalogue" => ("file", "the folder that holds"),
        _ => ("folder", "the one that holds"),
    };
    Diagnostic::error(
        Code::InvalidConfig,
        format!("the {what} `{path}` is not inside the project"),
        span,
        "",
    )
    .with_help(format!(
        "name a {thing} below {place} bailiwick.toml, with `/` between its parts"
    ))
}

fn suggest(diagnostic: Diagnostic, span: Span, near: &str) -> Diagnostic {
    diagnostic
        .with_help(format!("did you mean `{near}`?"))
        .with_fix(span, near)
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    quoted.join(", ")
}

pub(super) fn no_sources() -> Diagnostic {
    Diagnostic::global(Code::NoSources, "there are no `.bw` files here")
        .with_help("`bailiwick init` writes a project to begin with")
}

pub(super) fn empty_source_folder(folder: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NoSources,
        format!("there are no `.bw` files in the source folder `{folder}`"),
        span,
        "",
    )
}

pub(super) fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::global(
        Code::UnreadableFile,
        format!("`{path}` cannot be read: {reason}"),
    )
}

/// `part` is the part of the path that is no name.
pub(super) fn no_module_name(path: &str, part: &str, span: Span) -> Diagnostic {
    let legal = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let mut better: String = part.chars().map(legal).collect();
    if better.starts_with(|c: char| c.is_ascii_digit()) || better.is_empty() {
        better.insert(0, '_');
    }
    Diagnostic::error(
        Code::InvalidModuleName,
        format!("`{path}` is no name of a module: `{part}` is not letters, digits and `_`"),
        span,
        "",
    )
    .with_help(format!("rename it, to `{better}` for example"))
}

pub(super) fn catalogue_changed(changes: &[FactChange]) -> Diagnostic {
    let message = match changes.len() {
        1 => "the catalogue gives another answer than `bailiwick.lock` has".to_owned(),
        n => format!("the catalogue gives {n} other answers than `bailiwick.lock` has"),
    };
    let shown = changes.iter().take(SHOWN).map(ToString::to_string);
    let diagnostic = shown.fold(
        Diagnostic::global(Code::CatalogueChanged, message),
        Diagnostic::with_note,
    );
    let diagnostic = match changes.len().saturating_sub(SHOWN) {
        0 => diagnostic,
        more => diagnostic.with_note(format!("and {more} more: `bailiwick catalogue diff`")),
    };
    diagnostic.with_help("if that is welcome, `bailiwick catalogue lock` takes the new answers")
}
