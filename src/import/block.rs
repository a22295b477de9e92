//! Blocks as text: their properties, their statements.

use crate::syntax::ast::BlockKind;

use super::action::Named;
use super::choice::Place;
use super::factor::Factors;
use super::literal::{is_ident, quote_text};
use super::model::{Block, Reference};
use super::phrase::without_parentheses;
use super::resource;
use super::share::{Argument, Include};
use super::statement::{Clauses, Listed, Said, Sentence};
use super::value::duration;
use super::write::{Writer, place_of};

impl Writer<'_> {
    pub(super) fn block(&mut self, block: &Block, bodies: &[Vec<Said>], factors: &Factors<'_>) {
        for line in &block.docs {
            self.text.push(&format!("/// {line}\n"));
        }
        let on = block.resource.as_ref().map(|arn| {
            let none = Named::none();
            let resource = resource::write(arn, 0, none, &block.ambient, self.catalogue);
            format!(" on {}", factors.resource(&resource))
        });
        let head = format!(
            "{} {}{} {{\n",
            keyword(block.kind),
            block.ident,
            on.unwrap_or_default()
        );
        self.text.push(&head);
        self.properties(block);
        let mut joined = 0;
        for (i, body) in bodies.iter().enumerate() {
            let first = i.checked_sub(1).filter(|_| block.documents.len() > 1);
            let documents = documents_of(body);
            match (first, joined) {
                (Some(first), 0) => {
                    let names = block.documents.iter().skip(first).take(documents);
                    let comment = inline_policies(names.map(|p| p.name.as_str()));
                    self.text.push(&format!("\n// {comment}\n"));
                    joined = documents - 1;
                }
                _ => joined = joined.saturating_sub(1),
            }
            for said in body {
                self.said(said, factors);
            }
        }
        let silent = !bodies
            .iter()
            .flatten()
            .any(|s| !matches!(s, Said::Nothing(_)));
        if silent && !block.documents.is_empty() {
            self.text.push("deny everything on * when false\n");
        }
        self.text.push("}\n");
    }

    fn properties(&mut self, block: &Block) {
        let mut line = |text: String| self.text.push(&format!("{text}\n"));
        if let Some(description) = &block.description {
            line(format!("description {}", quote_text(description)));
        }
        if block.name != block.ident {
            line(format!("name {}", quote_text(&block.name)));
        }
        if let Some(path) = &block.path {
            line(format!("path {}", quote_text(path)));
        }
        if let Some(seconds) = block.session {
            line(format!("session {}", duration(seconds)));
        }
        if let Some(boundary) = &block.boundary {
            line(format!("boundary {}", reference(boundary)));
        }
        if !block.groups.is_empty() {
            line(format!("member_of {}", block.groups.join(", ")));
        }
        if !block.tags.is_empty() {
            let tags = block.tags.iter().map(|(k, v)| match is_ident(k) {
                true => format!("{k}: {}", quote_text(v)),
                false => format!("{}: {}", quote_text(k), quote_text(v)),
            });
            line(format!(
                "tags {{ {} }}",
                tags.collect::<Vec<_>>().join(", ")
            ));
        }
        if !block.attached.is_empty() {
            let list: Vec<String> = block.attached.iter().map(reference).collect();
            line(format!("attach {}", list.join(", ")));
        }
    }

    pub(super) fn said(&mut self, said: &Said, factors: &Factors<'_>) {
        let sentence = match said {
            Said::Nothing(comment) => {
                self.text.push(&format!("// {}\n", one_line(comment)));
                return;
            }
            Said::Include(include) => return self.include(include, factors),
            Said::Sentence(sentence) => sentence,
        };
        for comment in &sentence.comments {
            self.text.push(&format!("// {}\n", one_line(comment)));
        }
        let start = self.text.out.len();
        self.text.push(&sentence.head);
        self.sentence(sentence, factors);
        self.text.mark(sentence.place, start);
        self.text.push("\n");
    }

    fn include(&mut self, include: &Include, factors: &Factors<'_>) {
        let start = self.text.out.len();
        self.text.push(&format!("include {}", include.path));
        let arguments: Vec<String> = include
            .arguments
            .iter()
            .map(|(name, argument)| {
                let text = match argument {
                    Argument::Resource(resource) => factors.resource(resource),
                    Argument::Values(text) => text.clone(),
                };
                let name = name.as_ref().map(|name| format!("{name}: "));
                format!("{}{text}", name.unwrap_or_default())
            })
            .collect();
        if !arguments.is_empty() {
            self.text.push(&format!("({})", arguments.join(", ")));
        }
        self.text.mark(place_of(include.shared), start);
        self.text.push("\n");
    }

    fn sentence(&mut self, sentence: &Sentence, factors: &Factors<'_>) {
        if let Some(actions) = &sentence.actions {
            self.text
                .push(if actions.except { " everything" } else { " " });
            if actions.except && !actions.list.is_empty() {
                self.text.push(" except ");
            }
            match factors.actions(&actions.list) {
                Some(name) => self.text.push(&name),
                None => self.text.join(&actions.list, ", "),
            }
        }
        if let Some(resources) = &sentence.resources {
            self.text.push(if resources.except {
                " on * except "
            } else {
                " on "
            });
            let list: Vec<(Place, String)> = resources
                .list
                .iter()
                .map(|(place, resource)| (*place, factors.resource(resource)))
                .collect();
            self.text.join(&list, ", ");
        }
        if let Some(principals) = &sentence.principals {
            self.principals(sentence, principals);
        }
        if !sentence.with.is_empty() {
            self.text
                .push(&format!(" with {}", sentence.with.join(", ")));
        }
        self.guard(" when ", " and ", &sentence.when, factors);
        self.guard(" unless ", " or ", &sentence.unless, factors);
    }

    fn principals(&mut self, sentence: &Sentence, principals: &Listed<String>) {
        self.text
            .push(match (sentence.actions.is_some(), principals.except) {
                (false, _) => " ",
                (true, false) => " to ",
                (true, true) => " to everyone except ",
            });
        self.text.join(&principals.list, ", ");
    }

    fn guard(&mut self, word: &str, between: &str, clauses: &Clauses, factors: &Factors<'_>) {
        if clauses.is_empty() {
            return;
        }
        self.text.push(word);
        if let Some(name) = factors.condition(between, clauses) {
            return self.text.push(&name);
        }
        let mut texts: Vec<(Place, String)> = clauses
            .iter()
            .map(|(place, phrase)| (*place, factors.test(phrase)))
            .collect();
        if let [(_, alone)] = texts.as_mut_slice() {
            *alone = without_parentheses(alone).to_owned();
        }
        self.text.join(&texts, between);
    }
}

/// How many documents the first `include` of a document stands for.
fn documents_of(body: &[Said]) -> usize {
    match body.first() {
        Some(Said::Include(include)) => include.documents,
        _ => 1,
    }
}

/// ``the inline policies `data` and `queues` ``
fn inline_policies<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{}`", one_line(name))).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("the inline policies {} and {last}", rest.join(", "))
        }
        _ => format!("the inline policy {}", names.concat()),
    }
}

fn reference(reference: &Reference) -> String {
    match reference {
        Reference::Aws(name) => format!("aws {}", quote_text(name)),
        Reference::Declared(path) => path.clone(),
    }
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The word that starts such a block.
fn keyword(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Role => "role",
        BlockKind::Policy => "policy",
        BlockKind::PermissionSet => "permission_set",
        BlockKind::Boundary => "boundary",
        BlockKind::Group => "group",
        BlockKind::User => "user",
        BlockKind::Scp => "scp",
        BlockKind::Rcp => "rcp",
        BlockKind::ResourcePolicy => "resource_policy",
        BlockKind::SessionPolicy => "session_policy",
    }
}
