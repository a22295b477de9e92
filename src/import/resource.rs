//! Resources: typed where the catalogue's format says exactly the same ARN, as an ARN, or raw.

use crate::catalogue::template::{Piece, pieces};
use crate::catalogue::{ArnFormat, Catalogue, ResourceType, Service};
use crate::iam::Arn;

use super::action::Named;
use super::literal::quote_pattern;
use super::model::{Ambient, Fill};
use super::name::snake;

/// A resource of the language.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Resource {
    /// `s3:bucket "logs"`, `arn "…"`, `raw "…"`, `*`
    pub base: String,
    /// `/*`, `/"2025/*"`, or nothing.
    pub suffix: String,
    /// What a `let` for the base would be called.
    pub name: String,
    /// The type of the base: `s3:bucket`, `arn`; none of `*` and `raw "…"`.
    pub type_name: Option<String>,
    /// The same with another base, which it can have once that has a name: `table.index`.
    pub stem: Option<Box<Resource>>,
}

impl Resource {
    fn whole(base: String, name: String, type_name: Option<String>) -> Resource {
        Resource {
            base,
            suffix: String::new(),
            name,
            type_name,
            stem: None,
        }
    }

    /// What would be said by name: the resource that it is a part of, or itself.
    pub(super) fn stem(&self) -> &Resource {
        self.stem.as_deref().unwrap_or(self)
    }

    /// All of it.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.base, self.suffix)
    }
}

/// Writes a pattern of resources that these actions act on, the barer the higher the level.
pub(super) fn write(
    pattern: &str,
    level: u8,
    actions: Named<'_>,
    ambient: &Ambient,
    catalogue: &Catalogue,
) -> Resource {
    if pattern == "*" {
        return Resource::whole("*".to_owned(), "everything".to_owned(), None);
    }
    let arn = Arn::parse(pattern);
    let typed = arn
        .as_ref()
        .filter(|_| level == 0)
        .and_then(|arn| typed(arn, actions, ambient, catalogue));
    typed.unwrap_or_else(|| {
        let (word, type_name) = match level < 2 && arn.is_some() {
            true => ("arn", Some("arn".to_owned())),
            false => ("raw", None),
        };
        let last = pattern.rsplit([':', '/']).find(|w| !snake(w).is_empty());
        let name = snake(last.unwrap_or("resource"));
        let name = match pattern.ends_with(":*") || pattern.ends_with("/*") {
            true => format!("any_{}", name.trim_start_matches('_')),
            false => name,
        };
        Resource::whole(
            format!("{word} {}", quote_pattern(pattern)),
            name,
            type_name,
        )
    })
}

/// What the placeholders of a format stand for in an ARN.
type Captures = Vec<(String, String)>;

/// The type that fits best: one that the actions act on, and of those the one with the longest format.
fn typed(
    arn: &Arn,
    actions: Named<'_>,
    ambient: &Ambient,
    catalogue: &Catalogue,
) -> Option<Resource> {
    if arn.partition != ambient.partition || arn.service.contains(['*', '?', '$']) {
        return None;
    }
    let service = catalogue.service(&arn.service)?;
    let mut fitting: Vec<(usize, &ResourceType, Resource)> = Vec::new();
    for entry in &service.resource_types {
        let Some(format) = entry.arn_formats.first() else {
            continue;
        };
        let Some(captures) = capture(format, arn) else {
            continue;
        };
        if let Some(resource) = resource_of(service, entry, format, &captures, arn, ambient) {
            fitting.push((fixed_length(format), entry, resource));
        }
    }
    if fitting.len() > 1 && fitting.iter().any(|(_, ty, _)| actions.act_on(service, ty)) {
        fitting.retain(|(_, ty, _)| actions.act_on(service, ty));
    }
    // Of several that are as long, the first.
    let longest = fitting.into_iter().rev().max_by_key(|(fixed, _, _)| *fixed);
    longest.map(|(_, _, resource)| resource)
}

/// How much of the resource part is given: the more, the better the type fits.
fn fixed_length(format: &ArnFormat) -> usize {
    let resource = format.fields().map(|f| f.resource).unwrap_or_default();
    let text = |piece: Piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Placeholder(_) => 0,
    };
    pieces(&resource).into_iter().map(text).sum()
}

/// Reads an ARN by a format: filling the placeholders in gives the same ARN.
fn capture(format: &ArnFormat, arn: &Arn) -> Option<Captures> {
    let own = format.fields()?;
    let mut captures = Vec::new();
    for (format, text) in [
        (&own.service, &arn.service),
        (&own.region, &arn.region),
        (&own.account, &arn.account),
    ] {
        match_field(format, text, &mut captures)?;
    }
    match_field(&own.resource, &arn.resource, &mut captures)?;
    Some(captures)
}

fn match_field(format: &str, text: &str, captures: &mut Captures) -> Option<()> {
    let parts = pieces(format);
    let mut rest = text;
    for (at, piece) in parts.iter().enumerate() {
        match piece {
            Piece::Text(fixed) => rest = rest.strip_prefix(fixed.as_str())?,
            Piece::Placeholder(name) => {
                let end = match parts.get(at + 1) {
                    None => rest.len(),
                    Some(Piece::Text(next)) => rest.find(next.as_str())?,
                    Some(Piece::Placeholder(_)) => return None,
                };
                let (value, after) = rest.split_at_checked(end)?;
                if value.is_empty() || captures.iter().any(|(n, _)| n == name) {
                    return None;
                }
                captures.push((name.clone(), value.to_owned()));
                rest = after;
            }
        }
    }
    rest.is_empty().then_some(())
}

fn resource_of(
    service: &Service,
    entry: &ResourceType,
    format: &ArnFormat,
    captures: &Captures,
    arn: &Arn,
    ambient: &Ambient,
) -> Option<Resource> {
    let own: Vec<String> = format
        .resource_placeholders()
        .into_iter()
        .filter(|p| !matches!(p.as_str(), "Partition" | "Region" | "Account"))
        .collect();
    if captures
        .iter()
        .any(|(name, value)| splits_variable(value) || unfit(name, value))
    {
        return None;
    }
    if let Some(joined) = join(service, entry, format, captures, arn, ambient) {
        return Some(joined);
    }
    // A few formats have placeholders where the language fills nothing in, such as the service of a backup.
    let known = |name: &String| own.contains(name) || matches!(name.as_str(), "Region" | "Account");
    if !captures.iter().all(|(name, _)| known(name)) {
        return None;
    }
    let mut args = placed(format, captures, ambient)?;
    let value = |name: &String| {
        captures
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    };
    let type_name = type_name(service, entry);
    let name = let_name(entry, own.iter().filter_map(value).collect());
    if let ([only], true) = (own.as_slice(), args.is_empty()) {
        let base = format!("{type_name} {}", quote_pattern(value(only)?));
        return Some(Resource::whole(base, name, Some(type_name)));
    }
    for placeholder in &own {
        let argument = match own.as_slice() {
            [_] => "name".to_owned(),
            _ => argument_name(placeholder)?,
        };
        args.push(format!(
            "{argument}: {}",
            quote_pattern(value(placeholder)?)
        ));
    }
    let base = format!("{type_name}({})", args.join(", "));
    let mut whole = Resource::whole(base, name, Some(type_name));
    whole.stem = stem(service, entry, format, captures, arn, ambient).map(Box::new);
    Some(whole)
}

/// `table.index`: the parent, where nothing of what follows it is said.
fn stem(
    service: &Service,
    entry: &ResourceType,
    format: &ArnFormat,
    captures: &Captures,
    arn: &Arn,
    ambient: &Ambient,
) -> Option<Resource> {
    let parents = service.resource_types.iter();
    parents.filter(|t| entry.is_child_of(t)).find_map(|parent| {
        let parent_format = parent.arn_formats.first()?;
        let extension = format.extends(parent_format)?;
        let mut tail = String::new();
        for piece in pieces(extension) {
            match piece {
                Piece::Text(text) => tail.push_str(&text),
                Piece::Placeholder(name) => {
                    captures.iter().find(|(n, v)| *n == name && v == "*")?;
                    tail.push('*');
                }
            }
        }
        let head = Arn {
            resource: arn.resource.strip_suffix(tail.as_str())?.to_owned(),
            ..arn.clone()
        };
        let captured = capture(parent_format, &head)?;
        let base = resource_of(service, parent, parent_format, &captured, &head, ambient)?;
        let suffix = format!(".{}", snake(&entry.name));
        let own = base.suffix.is_empty() && base.stem.is_none();
        own.then_some(Resource { suffix, ..base })
    })
}

/// `bucket/"2025/*"`: the parent's type and what follows the slash, where the child's format is just that.
fn join(
    service: &Service,
    entry: &ResourceType,
    format: &ArnFormat,
    captures: &Captures,
    arn: &Arn,
    ambient: &Ambient,
) -> Option<Resource> {
    let (last, tail) = captures.last()?;
    let parents = service
        .resource_types
        .iter()
        .filter(|t| entry.is_child_of(t));
    for parent in parents {
        let Some(parent_format) = parent.arn_formats.first() else {
            continue;
        };
        if format.extends(parent_format) != Some(format!("/${{{last}}}").as_str()) {
            continue;
        }
        let head = Arn {
            resource: arn
                .resource
                .strip_suffix(tail.as_str())?
                .strip_suffix('/')?
                .to_owned(),
            ..arn.clone()
        };
        let captured = capture(parent_format, &head)?;
        if captured.iter().any(|(_, value)| value.contains('/')) {
            return None;
        }
        let base = resource_of(service, parent, parent_format, &captured, &head, ambient)?;
        let suffix = match tail.as_str() {
            "*" => "/*".to_owned(),
            tail => format!("/{}", quote_pattern(tail)),
        };
        return base
            .suffix
            .is_empty()
            .then_some(Resource { suffix, ..base });
    }
    None
}

/// A `${` that the format has torn apart, or text that only looks like an ARN inside an ARN.
fn splits_variable(value: &str) -> bool {
    value.matches("${").count() != value.matches('}').count() || value.starts_with("arn:")
}

/// Whether a value cannot stand for a placeholder of this name.
fn unfit(name: &str, value: &str) -> bool {
    name == "BucketName" && value.contains('/')
}

/// `region: …`, `account: …`, where they are not what the place fills in.
fn placed(format: &ArnFormat, captures: &Captures, ambient: &Ambient) -> Option<Vec<String>> {
    let mut args = Vec::new();
    let fields = format.fields()?;
    for (name, value) in captures {
        let in_head = fields.region.contains(name) || fields.account.contains(name);
        match (name.as_str(), value.as_str()) {
            ("Region", "*") if ambient.regions.is_empty() => {}
            ("Region", value) if matches!(ambient.regions.as_slice(), [only] if only == value) => {}
            ("Account", "*") if ambient.account == Fill::Any => {}
            ("Account", value) if ambient.account == Fill::Id(value.to_owned()) => {}
            ("Region", "*") => args.push("region: *".to_owned()),
            ("Account", "*") => args.push("account: *".to_owned()),
            ("Region", value) => args.push(format!("region: {}", quote_pattern(value))),
            ("Account", value) => args.push(format!("account: {}", quote_pattern(value))),
            _ if in_head => return None,
            _ => {}
        }
    }
    Some(args)
}

fn argument_name(placeholder: &str) -> Option<String> {
    let name = snake(placeholder);
    let word = name.starts_with(|c: char| c.is_ascii_lowercase());
    word.then_some(name)
}

fn type_name(service: &Service, entry: &ResourceType) -> String {
    let plain = !entry.name.is_empty()
        && entry
            .name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"*_-".contains(&b));
    match plain {
        true => format!("{}:{}", service.prefix, entry.name),
        false => format!(
            "{}:{}",
            service.prefix,
            super::literal::quote_text(&entry.name)
        ),
    }
}

/// `my-logs` of a bucket is `my_logs_bucket`, `2024-logs` is `bucket_2024_logs`.
fn let_name(entry: &ResourceType, values: Vec<&str>) -> String {
    let ty = snake(&entry.name);
    let words = snake(&values.join("_"));
    let short: String = words.chars().take(40).collect();
    match short.trim_matches('_') {
        "" => format!("any_{ty}"),
        words if words.starts_with(|c: char| c.is_ascii_digit()) => format!("{ty}_{words}"),
        words if words.ends_with(&ty) => words.to_owned(),
        words => format!("{words}_{ty}"),
    }
}
