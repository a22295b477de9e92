//! The sentences of this stage.

use super::cycle::Step;
use super::model::{DefKind, Definition, ModuleInput};
use super::walk::Slot;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{Ident, Use, UseMember};

/// A circle may run through a thousand modules; more names and labels than this help nobody.
const SHOWN: usize = 12;

pub(super) fn duplicate_module(second: &ModuleInput, first: &ModuleInput) -> Diagnostic {
    let name = second.name.join(".");
    Diagnostic::error(
        Code::DuplicateModule,
        format!("two files are the module `{name}`"),
        Span::new(second.ast.source, 0, 0),
        "this file is left out",
    )
    .with_label(Span::new(first.ast.source, 0, 0), "the other one")
    .with_help("rename one of them, or move it into a folder")
}

pub(super) fn reserved_module(module: &ModuleInput) -> Diagnostic {
    let name = module.name.join(".");
    Diagnostic::error(
        Code::ReservedModule,
        format!("`{name}` is a name of the standard library"),
        Span::new(module.ast.source, 0, 0),
        "",
    )
    .with_help("rename the file or its folder: names that start with `std` are reserved")
}

pub(super) fn duplicate_name(second: &Definition, first: &Definition) -> Diagnostic {
    let name = &second.name.value;
    Diagnostic::error(
        Code::DuplicateName,
        format!("`{name}` is declared twice in this module"),
        second.name.span,
        "declared again here",
    )
    .with_label(
        first.name.span,
        format!("first declared here, as {}", first.kind.keyword()),
    )
}

pub(super) fn duplicate_parameter(second: &Ident, first: &Ident) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateParameter,
        format!("`{}` is a parameter twice", second.value),
        second.span,
        "declared again here",
    )
    .with_label(first.span, "first declared here")
}

pub(super) fn duplicate_import(name: &Ident, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateImport,
        format!("`{}` is imported twice", name.value),
        span,
        "imported again here",
    )
    .with_label(first, "first imported here")
    .with_help("remove one, or import it under another name with `as`")
}

pub(super) fn shadowing_import(name: &Ident, own: &Definition) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateName,
        format!(
            "`{}` is both imported and declared in this module",
            name.value
        ),
        name.span,
        "imported here",
    )
    .with_label(
        own.name.span,
        format!("declared here, as {}", own.kind.keyword()),
    )
    .with_help("rename the declaration, or import it under another name with `as`")
}

pub(super) fn unknown_module(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownModule,
        format!("there is no module `{name}`"),
        span,
        "",
    );
    with_nearest(diagnostic, span, near)
}

pub(super) fn unknown_member(name: &Ident, module: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownMember,
        format!("`{module}` declares no `{}`", name.value),
        name.span,
        "",
    );
    with_nearest(diagnostic, name.span, near)
}

pub(super) fn no_members(definition: &Definition, next: &Ident) -> Diagnostic {
    let name = &definition.name.value;
    let keyword = definition.kind.keyword();
    Diagnostic::error(
        Code::UnknownMember,
        format!("`{name}` has no member `{}`", next.value),
        next.span,
        "",
    )
    .with_label(definition.name.span, format!("declared here, as {keyword}"))
}

/// `module_span` is where the other module is named, if only this name hangs on it.
pub(super) fn indirect_import(
    name: &Ident,
    module: &str,
    origin: &str,
    module_span: Option<Span>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::IndirectImport,
        format!(
            "`{module}` does not declare `{}`, it imports it",
            name.value
        ),
        name.span,
        "",
    )
    .with_help(format!("import it from `{origin}`, which declares it"));
    match module_span {
        Some(span) => diagnostic.with_fix(span, origin),
        None => diagnostic,
    }
}

pub(super) fn module_as_value(name: &str, span: Span, example: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::ModuleAsValue,
        format!("`{name}` is a module, not something in one"),
        span,
        "",
    );
    match example {
        Some(member) => {
            diagnostic.with_help(format!("name a member of it, as in `{name}.{member}`"))
        }
        None => diagnostic,
    }
}

pub(super) fn unknown_name(name: &str, span: Span, near: Option<&str>, slot: Slot) -> Diagnostic {
    let wanted = match slot {
        Slot::Value => "nothing",
        Slot::Action => "no action or list of actions",
        Slot::Condition => "no condition",
        Slot::Include => "no policy",
        Slot::Block => "no policy or identity",
        Slot::Identity => "no identity",
        Slot::Place => "no organisation, unit or account",
        Slot::Provider => "no identity provider",
    };
    let diagnostic = Diagnostic::error(
        Code::UnknownName,
        format!("{wanted} called `{name}` is known here"),
        span,
        "",
    );
    with_nearest(diagnostic, span, near)
}

/// With one module to take it from, the fix adds a `use` after the last one, or writes the full path.
pub(super) fn declared_elsewhere(
    name: &Ident,
    modules: &[String],
    last_use: Option<Span>,
) -> Diagnostic {
    let word = &name.value;
    let diagnostic = Diagnostic::error(
        Code::UnknownName,
        format!("`{word}` is neither declared nor imported here"),
        name.span,
        "",
    );
    let [module] = modules else {
        let shown: Vec<String> = modules
            .iter()
            .take(SHOWN)
            .map(|m| format!("`{m}`"))
            .collect();
        let list = shown.join(", ");
        return diagnostic.with_help(format!(
            "it is declared in {list}: add `use MODULE.{{{word}}}` for the one you mean"
        ));
    };
    let line = format!("use {module}.{{{word}}}");
    let diagnostic =
        diagnostic.with_help(format!("it is declared in module `{module}`: add `{line}`"));
    match last_use {
        Some(span) => {
            let end = span.end as usize;
            diagnostic.with_fix(Span::new(span.source, end, end), format!("\n{line}"))
        }
        None => diagnostic.with_fix(name.span, format!("{module}.{word}")),
    }
}

/// `idle` are the names that nothing needs; nothing is said if there are none.
pub(super) fn unused_import(import: &Use, item: Span, idle: &[(&str, Span)]) -> Option<Diagnostic> {
    let ((name, span), others) = idle.split_first()?;
    let message = match others.len() {
        0 => format!("`{name}` is imported and never used"),
        n => format!("`{name}` and {n} more are imported and never used"),
    };
    let mut diagnostic = Diagnostic::warning(Code::UnusedImport, message, *span, "");
    for (_, other) in others.iter().take(SHOWN) {
        diagnostic = diagnostic.with_label(*other, "");
    }
    let members = import.members.as_deref().unwrap_or_default();
    let kept = |m: &&UseMember| !idle.iter().any(|(_, span)| member_span(m) == *span);
    let kept: Vec<String> = members.iter().filter(kept).map(member_text).collect();
    Some(match (kept.is_empty(), members) {
        (false, [first, .., last]) => {
            let list = member_span(first).to(member_span(last));
            diagnostic.with_fix(list, kept.join(", "))
        }
        _ => diagnostic.with_fix(item, ""),
    })
}

fn member_span(member: &UseMember) -> Span {
    let alias = member.alias.as_ref().unwrap_or(&member.name);
    member.name.span.to(alias.span)
}

fn member_text(member: &UseMember) -> String {
    match &member.alias {
        Some(alias) => format!("{} as {}", member.name.value, alias.value),
        None => member.name.value.clone(),
    }
}

pub(super) fn import_cycle(steps: &[Step]) -> Option<Diagnostic> {
    cycle(
        Code::ImportCycle,
        "modules import one another",
        "imports",
        steps,
    )
}

pub(super) fn definition_cycle(kind: DefKind, steps: &[Step]) -> Option<Diagnostic> {
    let what = match kind {
        DefKind::Let => "a `let` is made of itself",
        DefKind::Condition => "a condition is made of itself",
        _ => "a policy includes itself",
    };
    cycle(Code::DefinitionCycle, what, "names", steps)
}

fn cycle(code: Code, what: &str, verb: &str, steps: &[Step]) -> Option<Diagnostic> {
    let (first, others) = steps.split_first()?;
    let mut round: Vec<&str> = steps.iter().take(SHOWN).map(|s| s.name.as_str()).collect();
    if steps.len() > SHOWN {
        round.push("…");
    }
    round.push(&first.name);
    let label = |at: usize, step: &Step| {
        let next = steps.get(at + 1).unwrap_or(first);
        format!("`{}` {verb} `{}`", step.name, next.name)
    };
    let message = format!("{what}: {}", round.join(" → "));
    let mut diagnostic = Diagnostic::error(code, message, first.span, label(0, first));
    for (at, step) in others.iter().enumerate().take(SHOWN) {
        diagnostic = diagnostic.with_label(step.span, label(at + 1, step));
    }
    Some(diagnostic)
}

/// The suggestion as help, and as the change that mends it.
fn with_nearest(diagnostic: Diagnostic, span: Span, near: Option<&str>) -> Diagnostic {
    match near {
        Some(near) => diagnostic
            .with_help(format!("did you mean `{near}`?"))
            .with_fix(span, near),
        None => diagnostic,
    }
}
