//! Reads a service's section, and checks a whole text that somebody else may have written.

use std::cmp::Ordering;
use std::ops::Range;

use super::super::model::{
    AccessLevel, Action, ActionResource, Key, KeyType, ResourceType, Service, compare_ignoring_case,
};
use super::super::{ArnFormat, Presence, template};
use super::write::digest;
use super::{FormatError, Header, unescape};

/// Checks everything: the digest and every section. Gives all errors, in the order of the lines.
pub(in super::super) fn validate(text: &str, header: &Header) -> Result<(), Vec<FormatError>> {
    let body_start = header.index.first().map_or(text.len(), |e| e.section.start);
    let mut first_line = text.get(..body_start).map_or(0, lines_in) + 1;
    let mut errors = Vec::new();
    for entry in &header.index {
        let section = text.get(entry.section.clone()).unwrap_or("");
        let name = |range: &Range<usize>| text.get(range.clone()).unwrap_or("");
        if let Err(more) = read_section(section, name(&entry.prefix), name(&entry.title)) {
            errors.extend(more.into_iter().map(|e| FormatError {
                line: e.line + first_line - 1,
                message: e.message,
            }));
        }
        first_line += lines_in(section);
    }
    if errors.is_empty() && digest(text.get(body_start..).unwrap_or("")) != header.digest {
        errors.push(FormatError {
            line: 5,
            message: "the digest is not that of the sections: the text was changed by hand"
                .to_owned(),
        });
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn lines_in(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count()
}

/// Reads one section. Lines of the errors count from the section's first.
pub(in super::super) fn read_section(
    section: &str,
    prefix: &str,
    title: &str,
) -> Result<Service, Vec<FormatError>> {
    let mut reader = Reader::new(prefix, title);
    let mut errors = Vec::new();
    for (at, line) in section.split_terminator('\n').enumerate() {
        if let Err(message) = reader.line(at, line) {
            errors.push(FormatError {
                line: at + 1,
                message,
            });
        }
    }
    if section.is_empty() {
        errors.push(FormatError {
            line: 1,
            message: format!("the section of `{prefix}` is not there"),
        });
    }
    if errors.is_empty() {
        Ok(reader.finish())
    } else {
        Err(errors)
    }
}

#[derive(Clone, Copy)]
enum Part {
    Types,
    Keys,
    Actions,
}

struct Reader {
    service: Service,
    part: Part,
}

impl Reader {
    fn new(prefix: &str, title: &str) -> Reader {
        Reader {
            service: Service {
                prefix: prefix.to_owned(),
                title: title.to_owned(),
                actions: Vec::new(),
                resource_types: Vec::new(),
                keys: Vec::new(),
            },
            part: Part::Types,
        }
    }

    fn line(&mut self, at: usize, line: &str) -> Result<(), String> {
        if at == 0 {
            let prefix = &self.service.prefix;
            return if line == prefix {
                Ok(())
            } else {
                Err(format!("the section of `{prefix}` should begin here"))
            };
        }
        match (line, line.strip_prefix(' ')) {
            (_, Some(entry)) => self.entry(entry),
            ("types", _) => self.enter(Part::Types),
            ("keys", _) => self.enter(Part::Keys),
            ("actions", _) => self.enter(Part::Actions),
            _ => Err("expected `types`, `keys`, `actions` or an indented entry".to_owned()),
        }
    }

    fn enter(&mut self, part: Part) -> Result<(), String> {
        self.part = part;
        Ok(())
    }

    fn entry(&mut self, entry: &str) -> Result<(), String> {
        match self.part {
            Part::Types => push(&mut self.service.resource_types, read_type(entry)?, |t| {
                &t.name
            }),
            Part::Keys => push(&mut self.service.keys, read_key(entry)?, |k| &k.name),
            Part::Actions => {
                let action = read_action(entry)?;
                let unknown = action
                    .resources
                    .iter()
                    .find(|r| self.service.resource_type(&r.resource_type).is_none());
                if let Some(unknown) = unknown {
                    return Err(format!(
                        "`{}` is no resource type of the service",
                        unknown.resource_type
                    ));
                }
                push(&mut self.service.actions, action, |a| &a.name)
            }
        }
    }

    fn finish(mut self) -> Service {
        bar_slashes(&mut self.service.resource_types);
        note_unlisted(&mut self.service);
        self.service
    }
}

/// Adds an item if it keeps the order, on which the binary searches depend.
fn push<T>(list: &mut Vec<T>, item: T, name: impl Fn(&T) -> &str) -> Result<(), String> {
    let order = list
        .last()
        .map(|last| compare_ignoring_case(name(last), name(&item)));
    match order {
        Some(Ordering::Equal) => Err(format!("`{}` is there already", name(&item))),
        Some(Ordering::Greater) => Err(format!(
            "`{}` is not in the order of the alphabet",
            name(&item)
        )),
        Some(Ordering::Less) | None => {
            list.push(item);
            Ok(())
        }
    }
}

/// Notes on each format whether another type's goes on after it with `/`.
fn bar_slashes(types: &mut [ResourceType]) {
    let mut parents: Vec<String> = Vec::new();
    for format in types.iter().flat_map(|t| &t.arn_formats) {
        let text = format.as_str();
        parents.extend(
            text.match_indices('/')
                .filter_map(|(at, _)| text.get(..at))
                .filter(|parent| parent.ends_with('}'))
                .map(str::to_owned),
        );
    }
    parents.sort_unstable();
    for format in types.iter_mut().flat_map(|t| &mut t.arn_formats) {
        if parents
            .binary_search_by(|p| p.as_str().cmp(format.as_str()))
            .is_ok()
        {
            format.bar_slash();
        }
    }
}

/// Notes the keys that neither an action nor a resource type of the service lists.
fn note_unlisted(service: &mut Service) {
    let Service {
        actions,
        resource_types,
        keys,
        ..
    } = service;
    let of_actions = actions
        .iter()
        .flat_map(|a| a.resources.iter().map(|r| &r.keys).chain([&a.keys]));
    let of_types = resource_types.iter().map(|t| &t.keys);
    let mut unlisted: Vec<&mut Key> = keys.iter_mut().collect();
    // Types first: they list nearly all keys, so that few are left to be looked for among the many actions.
    for listed in of_types.chain(of_actions).flatten() {
        unlisted.retain(|key| !template::same_key(listed, &key.name));
    }
    for key in unlisted {
        key.presence = Presence::Unlisted;
    }
}

fn read_type(entry: &str) -> Result<ResourceType, String> {
    let (own, keys) = split_list(entry, " | ");
    let mut words = own.split(' ');
    let name = words
        .next()
        .filter(|w| !w.is_empty())
        .ok_or("a name is missing")?;
    let arn_formats = words
        .map(|w| {
            let text = unescape(w);
            ArnFormat::parse(&text).ok_or_else(|| format!("`{text}` is no ARN"))
        })
        .collect::<Result<Vec<_>, String>>()?;
    Ok(ResourceType {
        name: unescape(name),
        arn_formats,
        keys,
    })
}

fn read_key(entry: &str) -> Result<Key, String> {
    let (name, word) = entry.split_once(' ').ok_or("the key's type is missing")?;
    let (key_type, multi_valued) = key_type(word)?;
    Ok(Key {
        name: unescape(name),
        key_type,
        multi_valued,
        presence: Presence::WhereListed,
        meaning: String::new(),
    })
}

/// Reads `String`, `ArrayOfARN` and the like.
pub(in super::super) fn key_type(word: &str) -> Result<(KeyType, bool), String> {
    let (single, multi_valued) = match word.strip_prefix("ArrayOf") {
        Some(single) => (single, true),
        None => (word, false),
    };
    KeyType::from_word(single)
        .map(|t| (t, multi_valued))
        .ok_or_else(|| format!("`{word}` is no type of a condition key"))
}

fn read_action(entry: &str) -> Result<Action, String> {
    let (entry, dependent_actions) = split_list(entry, " > ");
    let (own, keys) = split_list(entry, " | ");
    let mut words = own.split(' ');
    let name = words
        .next()
        .filter(|w| !w.is_empty())
        .ok_or("a name is missing")?;
    let level = words.next().ok_or("the access level is missing")?;
    Ok(Action {
        name: unescape(name),
        level: AccessLevel::from_selector(level)
            .ok_or_else(|| format!("`{level}` is no access level"))?,
        resources: words
            .map(read_resource)
            .collect::<Result<Vec<_>, String>>()?,
        keys,
        dependent_actions,
    })
}

fn read_resource(word: &str) -> Result<ActionResource, String> {
    let (word, required) = match word.strip_suffix('?') {
        Some(word) => (word, false),
        None => (word, true),
    };
    let (word, dependent_actions) = split_bracketed(word, ['(', ')'])?;
    let (name, keys) = split_bracketed(word, ['[', ']'])?;
    Ok(ActionResource {
        resource_type: unescape(name),
        required,
        keys,
        dependent_actions,
    })
}

fn split_list<'a>(entry: &'a str, sign: &str) -> (&'a str, Vec<String>) {
    match entry.split_once(sign) {
        Some((own, list)) => (own, list.split(' ').map(unescape).collect()),
        None => (entry, Vec::new()),
    }
}

fn split_bracketed(word: &str, [open, close]: [char; 2]) -> Result<(&str, Vec<String>), String> {
    let Some((before, rest)) = word.split_once(open) else {
        return Ok((word, Vec::new()));
    };
    let inside = rest
        .strip_suffix(close)
        .ok_or_else(|| format!("`{open}` is not closed by `{close}` in `{word}`"))?;
    Ok((before, inside.split(',').map(unescape).collect()))
}
