//! `bailiwick.toml`: what a project says about itself.
//!
//! In: its text. Out: a [`Config`] and findings with the place in the file. Every key is known or an error with the
//! nearest right name; whatever could be read counts, so that one slip does not hide the next.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::message;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::iam::quotas::Quotas;
use crate::source::{SourceId, Span, Spanned as Placed};

/// The file's name.
pub const FILE: &str = "bailiwick.toml";

/// The edition of the language that this version speaks.
pub const EDITION: &str = "2026";

const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];

/// How much a finding of some code weighs in this project.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// Not reported.
    Allow,
    /// A warning.
    Warn,
    /// An error.
    Deny,
}

const LEVELS: [(&str, Level); 3] = [
    ("allow", Level::Allow),
    ("warn", Level::Warn),
    ("deny", Level::Deny),
];

/// A project's settings; what the file does not say is as in [`Config::new`].
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    /// `[project] name`
    pub name: String,
    /// `[project] sources`: folders whose `.bw` files are modules, without `./` and a slash at the end; `""` is the
    /// project's own.
    pub sources: Vec<Placed<String>>,
    /// Whether a folder of `sources` was refused, which has been said.
    pub refused_sources: bool,
    /// `[project] partition`
    pub partition: String,
    /// `[project] regions`: fill the region of ARNs where no node says otherwise.
    pub regions: Vec<String>,
    /// `[quotas]`: AWS's, with the project's own over them.
    pub quotas: Quotas,
    /// `[lints]`: codes whose weight the project sets. What is always an error is refused here; a code that is both
    /// keeps its errors.
    pub lints: BTreeMap<Code, Level>,
    /// `[waivers] forbid`: codes that may not be waived.
    pub forbidden_waivers: Vec<Code>,
    /// `[catalogue] path`: the project's own catalogue.
    pub catalogue: Option<Placed<String>>,
}

impl Config {
    /// The settings of a project without a file; the source is only used for places.
    pub fn new(source: SourceId) -> Config {
        Config {
            name: "unnamed".to_owned(),
            sources: vec![Placed::new(String::new(), Span::new(source, 0, 0))],
            refused_sources: false,
            partition: "aws".to_owned(),
            regions: Vec::new(),
            quotas: Quotas::embedded(),
            lints: BTreeMap::new(),
            forbidden_waivers: Vec::new(),
            catalogue: None,
        }
    }
}

/// Reads the file.
pub fn read(source: SourceId, text: &str) -> (Config, Vec<Diagnostic>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader {
        source,
        config: Config::new(source),
        diagnostics: Vec::new(),
    };
    for error in errors {
        let span = reader.span(&error.span().unwrap_or(0..0));
        reader
            .diagnostics
            .push(message::toml(error.message(), span));
    }
    let broken = reader.diagnostics.len();
    reader.root(root.get_ref());
    if broken > 0 {
        // What stands where the reader stumbled is a guess of its, not a setting.
        reader.diagnostics.truncate(broken);
    }
    diagnostic::sort(&mut reader.diagnostics);
    (reader.config, reader.diagnostics)
}

type Value<'i> = Spanned<DeValue<'i>>;
type Key<'i> = Spanned<Cow<'i, str>>;

const TABLES: [&str; 5] = ["project", "quotas", "lints", "waivers", "catalogue"];
const PROJECT: [&str; 5] = ["name", "edition", "sources", "partition", "regions"];

struct Reader {
    source: SourceId,
    config: Config,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.source, range.start, range.end)
    }

    fn root(&mut self, root: &DeTable<'_>) {
        for (key, value) in root {
            let name: &str = key.get_ref();
            let Some(table) = value.get_ref().as_table() else {
                let span = self.span(&key.span());
                self.diagnostics.push(match PROJECT.contains(&name) {
                    true => message::belongs_to_project(name, span),
                    false => message::unknown_key("", name, span, TABLES),
                });
                continue;
            };
            match name {
                "project" => self.each(table, Reader::project),
                "quotas" => self.quotas("", table),
                "lints" => self.each(table, Reader::lint),
                "waivers" => self.each(table, Reader::waivers),
                "catalogue" => self.each(table, Reader::catalogue),
                _ => {
                    let span = self.span(&key.span());
                    self.diagnostics
                        .push(message::unknown_key("", name, span, TABLES));
                }
            }
        }
    }

    fn each(&mut self, table: &DeTable<'_>, read: fn(&mut Reader, &Key<'_>, &Value<'_>)) {
        for (key, value) in table {
            read(self, key, value);
        }
    }

    fn project(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let name: &str = key.get_ref();
        match name {
            "name" => self.name(value),
            "edition" => self.one_of(name, value, &[EDITION]).map_or((), drop),
            "partition" => {
                if let Some(partition) = self.one_of(name, value, &PARTITIONS) {
                    self.config.partition = partition;
                }
            }
            "sources" => self.sources(value),
            "regions" => {
                if let Some(regions) = self.texts(name, value) {
                    self.config.regions = regions.into_iter().map(|r| r.value).collect();
                }
            }
            _ => self.unknown("project", key, PROJECT),
        }
    }

    fn name(&mut self, value: &Value<'_>) {
        let Some(name) = self.text("name", value) else {
            return;
        };
        if name.value.is_empty() || name.value.chars().any(char::is_control) {
            let found = message::wrong_value("name", "a name", name.span);
            self.diagnostics.push(found);
            return;
        }
        self.config.name = name.value;
    }

    fn sources(&mut self, value: &Value<'_>) {
        let before = self.diagnostics.len();
        let Some(folders) = self.texts("sources", value) else {
            return;
        };
        let mut sources = Vec::new();
        for folder in folders {
            match inside(&folder.value) {
                Some(path) => sources.push(Placed::new(path, folder.span)),
                None => {
                    let found = message::outside("source folder", &folder.value, folder.span);
                    self.diagnostics.push(found);
                }
            }
        }
        self.config.refused_sources = self.diagnostics.len() > before;
        self.config.sources = sources;
    }

    /// `"role.attached-policies" = 20` and `role.attached-policies = 20` are the same.
    fn quotas(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) => self.quotas(&format!("{name}."), inner),
                DeValue::Integer(number) => {
                    let number = number.as_str().replace('_', "");
                    self.quota(&name, key, value, number.parse().ok());
                }
                _ => self.quota(&name, key, value, None),
            }
        }
    }

    fn quota(&mut self, name: &str, key: &Key<'_>, value: &Value<'_>, limit: Option<u64>) {
        let Some(limit) = limit else {
            let span = self.span(&value.span());
            let found = message::wrong_value(name, "a whole number, not negative", span);
            self.diagnostics.push(found);
            return;
        };
        match self.config.quotas.clone().with_override(name, limit) {
            Ok(quotas) => self.config.quotas = quotas,
            Err(_) => {
                let span = self.span(&key.span());
                let names = self.config.quotas.names();
                let found = message::unknown_quota(name, span, names);
                self.diagnostics.push(found);
            }
        }
    }

    fn lint(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let code = self.code(key.get_ref(), &key.span());
        let names = LEVELS.map(|(name, _)| name);
        let level = self.one_of(key.get_ref(), value, &names);
        let level = level.and_then(|l| LEVELS.iter().find(|(name, _)| *name == l));
        if let Some(code) = code.filter(|c| c.is_always_an_error()) {
            let span = self.span(&key.span());
            self.diagnostics.push(message::always_an_error(code, span));
            return;
        }
        if let (Some(code), Some((_, level))) = (code, level) {
            self.config.lints.insert(code, *level);
        }
    }

    fn code(&mut self, name: &str, range: &Range<usize>) -> Option<Code> {
        let code = Code::from_name(name);
        if code.is_none() {
            let span = self.span(range);
            self.diagnostics.push(message::unknown_code(name, span));
        }
        code
    }

    fn waivers(&mut self, key: &Key<'_>, value: &Value<'_>) {
        if key.get_ref() != "forbid" {
            return self.unknown("waivers", key, ["forbid"]);
        }
        for name in self.texts("forbid", value).into_iter().flatten() {
            let code = self.code(&name.value, &name.span.range());
            self.config.forbidden_waivers.extend(code);
        }
    }

    fn catalogue(&mut self, key: &Key<'_>, value: &Value<'_>) {
        if key.get_ref() != "path" {
            return self.unknown("catalogue", key, ["path"]);
        }
        let Some(path) = self.text("path", value) else {
            return;
        };
        match inside(&path.value).filter(|p| !p.is_empty()) {
            Some(inner) => self.config.catalogue = Some(Placed::new(inner, path.span)),
            None => {
                let found = message::outside("catalogue", &path.value, path.span);
                self.diagnostics.push(found);
            }
        }
    }

    fn unknown<const N: usize>(&mut self, table: &str, key: &Key<'_>, known: [&str; N]) {
        let span = self.span(&key.span());
        let found = message::unknown_key(table, key.get_ref(), span, known);
        self.diagnostics.push(found);
    }

    fn text(&mut self, name: &str, value: &Value<'_>) -> Option<Placed<String>> {
        let span = self.span(&value.span());
        match value.get_ref().as_str() {
            Some(text) => Some(Placed::new(text.to_owned(), span)),
            None => {
                self.diagnostics
                    .push(message::wrong_value(name, "a text", span));
                None
            }
        }
    }

    fn texts(&mut self, name: &str, value: &Value<'_>) -> Option<Vec<Placed<String>>> {
        let Some(list) = value.get_ref().as_array() else {
            let span = self.span(&value.span());
            let found = message::wrong_value(name, "a list of texts", span);
            self.diagnostics.push(found);
            return None;
        };
        Some(list.iter().filter_map(|v| self.text(name, v)).collect())
    }

    fn one_of(&mut self, name: &str, value: &Value<'_>, known: &[&str]) -> Option<String> {
        let text = self.text(name, value)?;
        if known.contains(&text.value.as_str()) {
            return Some(text.value);
        }
        let found = message::not_one_of(name, &text.value, text.span, known);
        self.diagnostics.push(found);
        None
    }
}

/// A path below the project without `.` parts, or `None` if it leads out of it.
fn inside(path: &str) -> Option<String> {
    let absolute = path.starts_with('/') || path.contains(':');
    if absolute || path.contains('\\') || path.chars().any(char::is_control) {
        return None;
    }
    let parts: Vec<&str> = path
        .split('/')
        .filter(|p| !p.is_empty() && *p != ".")
        .collect();
    (!parts.contains(&"..")).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn lines(text: &str) -> (Config, Vec<String>) {
        let mut map = SourceMap::default();
        let id = map.add(FILE, text);
        let (config, diagnostics) = read(id, text);
        let line = |d: &Diagnostic| {
            let span = d.primary.as_ref().unwrap().span;
            let help = d.help.as_deref().unwrap_or("");
            let at = map.locate(span).unwrap().1;
            format!("{}:{} {} | {help}", at.line, at.column, d.message)
        };
        let found = diagnostics.iter().map(line).collect();
        (config, found)
    }

    #[test]
    fn everything_is_read() {
        let (config, found) = lines(
            r#"
[project]
name = "acme"
edition = "2026"
sources = ["./policies/", "org//x/."]
partition = "aws-cn"
regions = ["cn-north-1"]

[quotas]
"scp.size" = 20_000
role.attached-policies = 20

[lints]
unused-import = "deny"
allow-everyone-except = "allow"

[waivers]
forbid = ["unused-import"]

[catalogue]
path = "data/catalogue.txt"
"#,
        );
        assert_eq!(found, Vec::<String>::new());
        let sources: Vec<&str> = config.sources.iter().map(|s| s.value.as_str()).collect();
        assert_eq!(sources, ["policies", "org/x"]);
        assert_eq!(config.name, "acme");
        assert_eq!(config.partition, "aws-cn");
        assert_eq!(config.regions, ["cn-north-1"]);
        assert_eq!(config.quotas.get("scp.size").unwrap().limit, 20_000);
        let attached = config.quotas.get("role.attached-policies").unwrap();
        assert_eq!(attached.limit, 20);
        let lints: Vec<_> = config.lints.into_iter().collect();
        assert_eq!(
            lints,
            [
                (Code::AllowEveryoneExcept, Level::Allow),
                (Code::UnusedImport, Level::Deny)
            ]
        );
        assert_eq!(config.forbidden_waivers, [Code::UnusedImport]);
        assert_eq!(config.catalogue.unwrap().value, "data/catalogue.txt");
    }

    #[test]
    fn every_slip_is_found_and_the_rest_counts() {
        let (config, found) = lines(
            r#"name = "acme"
[projekt]
[project]
name = ""
editon = "2026"
edition = "2027"
sources = ["../shared", 3, "ok"]
partition = "aws-chn"
regions = "eu-west-1"
[quotas]
scp.sise = 4
"rcp.size" = -1
[lints]
unusd-import = "deny"
unused-import = "forbid"
unknown-name = "warn"
[waivers]
allow = []
forbid = ["nothing"]
[catalogue]
path = "/etc/passwd"
"#,
        );
        assert_eq!(
            found,
            [
                "1:1 `name` does not belong at the top | write it under `[project]`",
                "2:2 there is no table `projekt` | did you mean `project`?",
                "4:8 `name` takes a name | ",
                "5:1 `project` has no key `editon` | did you mean `edition`?",
                "6:11 `edition` cannot be `2027` | it is `2026`",
                "7:12 the source folder `../shared` is not inside the project | name a folder below the one that holds bailiwick.toml, with `/` between its parts",
                "7:25 `sources` takes a text | ",
                "8:13 `partition` cannot be `aws-chn` | it is one of `aws`, `aws-cn`, `aws-us-gov`; did you mean `aws-cn`?",
                "9:11 `regions` takes a list of texts | ",
                "11:5 there is no quota `scp.sise` | did you mean `scp.size`?",
                "12:14 `rcp.size` takes a whole number, not negative | ",
                "14:1 there is no finding called `unusd-import` | did you mean `unused-import`?",
                "15:17 `unused-import` cannot be `forbid` | it is one of `allow`, `warn`, `deny`",
                "16:1 `unknown-name` is always an error | only warnings can be given another weight; leave the line out",
                "18:1 `waivers` has no key `allow` | the only key is `forbid`",
                "19:11 there is no finding called `nothing` | `bailiwick explain` lists them",
                "21:8 the catalogue `/etc/passwd` is not inside the project | name a file below the folder that holds bailiwick.toml, with `/` between its parts",
            ]
        );
        assert_eq!(config.sources.len(), 1);
    }

    #[test]
    fn broken_toml_is_a_finding_at_its_place() {
        let (config, found) = lines("[project]\nname = \"acme\"\npartition = \n");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("3:13 "), "{found:?}");
        assert_eq!(config.name, "acme");
        for junk in [
            "\0",
            "[[[[",
            "a = 1\na = 2",
            "\u{feff}[project]",
            "'''",
            "= 1",
            "a.b.c.d",
        ] {
            let (_, found) = lines(junk);
            assert!(junk.starts_with('\u{feff}') || !found.is_empty(), "{junk}");
        }
    }
}
