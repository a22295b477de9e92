//! Lays entries out for a terminal: a heading, then sections of aligned columns, wrapped at a width.

use std::fmt::Write;

use super::{
    ActionView, Entry, Info, KeyLine, KeyView, LevelLine, NotFound, PolicyView, ServiceView,
    TypeView,
};

/// The widest line, where the words allow it.
pub const WIDTH: usize = 100;

/// Lays out what `catalogue info` says.
pub fn render_info(info: &Info) -> String {
    let mut page = Page::default();
    page.row("source", &format!("{} {}", info.source, info.version));
    page.row("date", or_unknown(&info.date));
    page.row("digest", &format!("sha256 {}", info.digest));
    page.row("services", &thousands(info.services));
    page.row("actions", &thousands(info.actions));
    page.row("resource types", &thousands(info.resource_types));
    page.row(
        "condition keys",
        &format!(
            "{} of services, {} that any request may carry",
            thousands(info.condition_keys),
            info.global_keys
        ),
    );
    page.row("under RCPs", &format!("{} services", info.rcp_services));
    page.row(
        "managed policies",
        &format!(
            "{} ({} {}, {})",
            thousands(info.managed_policies),
            info.managed_policies_source,
            info.managed_policies_version,
            or_unknown(&info.managed_policies_date)
        ),
    );
    page.finish(0)
}

/// Lays out what `catalogue show` found.
pub fn render(entries: &[Entry]) -> String {
    let pages: Vec<String> = entries
        .iter()
        .map(|entry| match entry {
            Entry::Service(view) => service(view),
            Entry::Action(view) => action(view),
            Entry::ResourceType(view) => resource_type(view),
            Entry::ConditionKey(view) => key(view),
            Entry::ManagedPolicy(view) => policy(view),
        })
        .collect();
    pages.join("\n")
}

/// What to say when nothing was found.
pub fn render_not_found(not_found: &NotFound) -> String {
    let name = &not_found.name;
    match &not_found.suggestion {
        Some(meant) => format!("the catalogue has no `{name}`; did you mean `{meant}`?"),
        None => format!("the catalogue has no `{name}`; try `bailiwick catalogue search`"),
    }
}

fn service(view: &ServiceView) -> String {
    let mut page = Page::default();
    let mut about = vec![counted(
        view.actions.iter().map(|l| l.actions.len()).sum(),
        "action",
    )];
    about.push(counted(view.resource_types.len(), "resource type"));
    about.push(counted(view.condition_keys.len(), "condition key"));
    if view.rcp_supported {
        about.push("under resource control policies".to_owned());
    }
    let title = format!("{}  {}", view.name, view.title);
    let head = heading(&title, "service", &about.join(", "));
    page.section("Resource types");
    for line in &view.resource_types {
        page.row(&line.name, &line.arn_formats.join(" "));
    }
    page.section("Condition keys");
    page.keys(&view.condition_keys);
    page.section("Actions");
    page.levels(&view.actions);
    head + &page.finish(2)
}

fn action(view: &ActionView) -> String {
    let head = heading(
        &view.name,
        &format!("action, {}", view.level),
        &view.description,
    );
    let mut page = Page::default();
    page.section("Resource types");
    if view.resource_types.is_empty() {
        page.row("*", "the action takes no resource: only `*` grants it");
    }
    for line in &view.resource_types {
        let star = if line.required { "*" } else { "" };
        page.row(&format!("{}{star}", line.name), &line.arn_formats.join(" "));
    }
    page.section("Condition keys");
    page.keys(&view.condition_keys);
    for line in view
        .resource_types
        .iter()
        .filter(|l| !l.condition_keys.is_empty())
    {
        page.section(&format!("Condition keys on {}", line.name));
        page.keys(&line.condition_keys);
    }
    if !view.dependent_actions.is_empty() {
        page.section("Depends on");
        for name in &view.dependent_actions {
            page.row(name, "");
        }
    }
    let mut out = head + &page.finish(2);
    if view.resource_types.iter().any(|l| l.required) {
        out.push_str("\n* named by every request\n");
    }
    out
}

fn resource_type(view: &TypeView) -> String {
    let mut page = Page::default();
    let head = heading(&view.name, "resource type", &view.arn_formats.join("\n"));
    if !view.children.is_empty() {
        page.section("Extended by");
        for name in &view.children {
            page.row(name, "");
        }
    }
    page.section("Condition keys");
    page.keys(&view.condition_keys);
    page.section("Actions");
    page.levels(&view.actions);
    head + &page.finish(2)
}

fn key(view: &KeyView) -> String {
    let values = if view.multi_valued {
        "several values"
    } else {
        "one value"
    };
    let kind = format!("condition key, {}, {values}", view.key_type);
    let head = heading(&view.name, &kind, &view.meaning);
    let mut page = Page::default();
    page.section("");
    page.row("present", view.present);
    if let Some(template) = &view.template {
        page.row("template", template);
    }
    page.row("operators", &view.operators.join(", "));
    if view.multi_valued {
        page.row("", "under ForAnyValue: or ForAllValues:");
    }
    if !view.carried_by.is_empty() {
        page.row("carried by", &view.carried_by.join(", "));
    }
    head + &page.finish(2)
}

fn policy(view: &PolicyView) -> String {
    let about = format!(
        "{}\n{} of {}, made {}",
        view.arn, view.version, view.updated, view.created
    );
    let document = serde_json::to_string_pretty(&view.document).unwrap_or_default();
    format!(
        "{}\n{document}\n",
        heading(&view.name, "managed policy", &about)
    )
}

/// `s3:GetObject  (action, Read)`, then what there is to say about it.
fn heading(name: &str, kind: &str, about: &str) -> String {
    let mut out = format!("{name}  ({kind})\n");
    for line in about.lines() {
        for wrapped in wrap(line, WIDTH) {
            let _ = writeln!(out, "{wrapped}");
        }
    }
    out
}

/// Sections of rows of two cells; the second column begins at the same place in all of a section.
#[derive(Default)]
struct Page {
    sections: Vec<(String, Vec<[String; 2]>)>,
}

impl Page {
    fn section(&mut self, title: &str) {
        self.sections.push((title.to_owned(), Vec::new()));
    }

    fn row(&mut self, left: &str, right: &str) {
        if self.sections.is_empty() {
            self.section("");
        }
        if let Some((_, rows)) = self.sections.last_mut() {
            rows.push([left.to_owned(), right.to_owned()]);
        }
    }

    fn keys(&mut self, keys: &[KeyLine]) {
        for key in keys {
            self.row(&key.name, &key.key_type);
        }
    }

    fn levels(&mut self, levels: &[LevelLine]) {
        for line in levels {
            self.row(line.level, &line.actions.join(", "));
        }
    }

    fn finish(self, indent: usize) -> String {
        let mut out = String::new();
        for (title, rows) in self.sections.iter().filter(|(_, rows)| !rows.is_empty()) {
            if indent > 0 {
                out.push('\n');
            }
            if !title.is_empty() {
                let _ = writeln!(out, "{title}");
            }
            write_rows(&mut out, rows, indent);
        }
        out
    }
}

fn write_rows(out: &mut String, rows: &[[String; 2]], indent: usize) {
    let width = |text: &str| text.chars().count();
    let column = rows.iter().map(|[left, _]| width(left)).max().unwrap_or(0);
    let start = indent + column + 2;
    for [left, right] in rows {
        let mut lines = wrap(right, WIDTH.saturating_sub(start).max(20)).into_iter();
        let first = lines.next().unwrap_or_default();
        let padding = column - width(left);
        let line = format!("{:indent$}{left}{:padding$}  {first}", "", "");
        let _ = writeln!(out, "{}", line.trim_end());
        for more in lines {
            let _ = writeln!(out, "{:start$}{more}", "");
        }
    }
}

/// Breaks text between words; a word that is longer than a line has one to itself.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(count))
}

fn or_unknown(date: &str) -> &str {
    if date.is_empty() { "unknown" } else { date }
}

/// `22,091`
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
