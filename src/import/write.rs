//! Modules as text: blocks, their properties, their statements.

use std::ops::Range;

use crate::catalogue::Catalogue;
use crate::diagnostic::Code;
use crate::iam::PolicyKind;
use crate::iam::arn::Arn;
use crate::source::Span;
use crate::syntax::ast::BlockKind;

use super::action::Named;
use super::choice::{Choices, Part, Place, Spot};
use super::factor::Factors;
use super::literal::{is_ident, quote_text};
use super::model::{Block, Item, Module, Options, Reference, Style};
use super::resource;
use super::share::{self, Argument, Body, Include, Shared};
use super::statement::{Clauses, Listed, Said, Sentence, Speaker};
use super::text::Text;
use super::value::duration;

/// Something about a document that its owner should know; it is imported as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// Which rule speaks.
    pub code: Code,
    /// One line.
    pub message: String,
    /// Where in the document.
    pub span: Option<Span>,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// A text for each module, not laid out yet.
    pub texts: Vec<String>,
    /// The module of what several modules include, which comes after the others: path and text.
    pub apart: Option<(String, String)>,
    /// What is to be said about the documents.
    pub remarks: Vec<Remark>,
    spots: Vec<Vec<Spot>>,
    /// What the shared policies say, and whether they name parts of their parameters, as in `table.index`.
    shared: Vec<(String, bool)>,
}

impl Written {
    /// The smallest piece that the bytes of a module's text lie in.
    pub(super) fn place_at(&self, module: usize, range: Range<usize>) -> Option<Place> {
        let spots = self.spots.get(module)?;
        let around = spots
            .iter()
            .filter(|(r, _)| r.start <= range.start && range.start < r.end);
        around.min_by_key(|(r, _)| r.len()).map(|(_, place)| *place)
    }

    /// What a policy says that several places include, if the piece is one, and whether it names parts of parameters.
    pub(super) fn shared(&self, place: Place) -> Option<(&str, bool)> {
        match place.part {
            Part::Shared(index) => self
                .shared
                .get(index)
                .map(|(k, parts)| (k.as_str(), *parts)),
            _ => None,
        }
    }

    /// The resources of the statement that a piece belongs to.
    pub(super) fn resources_of(&self, statement: Place) -> Vec<Place> {
        let same = |p: &Place| {
            Place {
                part: statement.part,
                ..*p
            } == statement
        };
        let spots = self.spots.get(statement.module).into_iter().flatten();
        spots
            .map(|(_, place)| *place)
            .filter(|p| same(p) && matches!(p.part, Part::Resource(_)))
            .collect()
    }
}

/// Writes modules, as idiomatically as the choices allow.
pub fn write(
    modules: &[Module],
    choices: &Choices,
    options: Options,
    catalogue: &Catalogue,
) -> Written {
    let mut writer = Writer {
        text: Text::default(),
        remarks: Vec::new(),
        choices,
        options,
        catalogue,
    };
    let mut bodies: Vec<Vec<Body>> = Vec::new();
    for (index, module) in modules.iter().enumerate() {
        bodies.push(writer.bodies_of(index, module));
    }
    let shared = match options.style {
        Style::Factored => share::share(modules, &mut bodies, choices, catalogue),
        Style::Plain | Style::Named => Vec::new(),
    };
    let mut written = Written::default();
    for (index, (module, bodies)) in modules.iter().zip(&bodies).enumerate() {
        writer.module(module, bodies, &Own::of(&shared, Some(index)));
        let text = std::mem::take(&mut writer.text);
        written.texts.push(text.out);
        written.spots.push(text.spots);
    }
    let apart = Own::of(&shared, None);
    if !apart.0.is_empty() {
        let module = Module {
            path: format!("{}.bw", share::APART),
            docs: vec!["What several declarations have in common.".to_owned()],
            ..Module::default()
        };
        writer.module(&module, &[], &apart);
        let text = std::mem::take(&mut writer.text);
        written.apart = Some((module.path, text.out));
        written.spots.push(text.spots);
    }
    written.remarks = writer.remarks;
    let said = shared.into_iter().map(|s| (s.key, s.names_parts));
    written.shared = said.collect();
    written
}

/// The policies that a module declares for several places to include, with their numbers.
pub(super) struct Own<'s>(pub Vec<(usize, &'s Shared)>);

impl<'s> Own<'s> {
    fn of(shared: &'s [Shared], module: Option<usize>) -> Own<'s> {
        let all = shared.iter().enumerate();
        Own(all
            .filter(|(_, s)| s.module == module && s.body.is_some())
            .collect())
    }
}

struct Writer<'a> {
    text: Text,
    remarks: Vec<Remark>,
    choices: &'a Choices,
    options: Options,
    catalogue: &'a Catalogue,
}

impl Writer<'_> {
    fn bodies_of(&mut self, index: usize, module: &Module) -> Vec<Body> {
        let items = module.items.iter().enumerate();
        let bodies = items.map(|(item, found)| match found {
            Item::Block(block) => self.bodies(index, item, block),
            Item::Text(_) => Vec::new(),
        });
        bodies.collect()
    }

    fn module(&mut self, module: &Module, bodies: &[Body], own: &Own<'_>) {
        let factors = match self.options.style {
            Style::Plain => Factors::default(),
            Style::Named | Style::Factored => Factors::find(module, bodies, own),
        };
        for line in &module.docs {
            self.text.push(&format!("//! {line}\n"));
        }
        self.text.push("\n");
        for line in &module.uses {
            self.text.push(&format!("use {line}\n"));
        }
        self.text.push("\n");
        self.text.push(&factors.declarations());
        for (index, shared) in &own.0 {
            self.shared(*index, shared, &factors);
        }
        for (item, bodies) in module.items.iter().zip(bodies) {
            match item {
                Item::Text(text) => self.text.push(text),
                Item::Block(block) => self.block(block, bodies, &factors),
            }
            self.text.push("\n\n");
        }
    }

    /// A policy that several places include. The pieces of its statements are those of one of the places, so only the
    /// whole is noted.
    fn shared(&mut self, index: usize, shared: &Shared, factors: &Factors) {
        let (start, spots) = (self.text.out.len(), self.text.spots.len());
        let parameters: Vec<String> = shared
            .parameters
            .iter()
            .map(|(name, ty)| format!("{name}: {ty}"))
            .collect();
        let parameters = match parameters.is_empty() {
            true => String::new(),
            false => format!("({})", parameters.join(", ")),
        };
        let head = format!("policy {}{parameters} {{\n", shared.ident);
        self.text.push(&head);
        for said in shared.body.iter().flatten() {
            self.said(said, factors);
        }
        self.text.push("}\n\n");
        self.text.spots.truncate(spots);
        self.text.mark(place_of(index), start);
    }

    /// The sentences of a block's documents: its trust policy first, then the others.
    fn bodies(&mut self, module: usize, item: usize, block: &Block) -> Vec<Vec<Said>> {
        let at = Place {
            module,
            item,
            document: 0,
            statement: 0,
            part: Part::Whole,
        };
        let mut bodies = Vec::new();
        let trust = match &block.trust {
            Some(policy) => self
                .speaker(block, PolicyKind::Trust)
                .trust(block, policy, at),
            None => Vec::new(),
        };
        bodies.push(trust);
        for (i, policy) in block.documents.iter().enumerate() {
            let at = Place {
                document: i + 1,
                ..at
            };
            bodies.push(self.speaker(block, policy.kind).policy(policy, at));
        }
        bodies
    }

    fn speaker<'s>(&'s mut self, block: &'s Block, kind: PolicyKind) -> Speaker<'s> {
        let arn = block.resource.as_deref().and_then(Arn::parse);
        Speaker {
            catalogue: self.catalogue,
            ambient: &block.ambient,
            choices: self.choices,
            levels: self.options.levels,
            kind,
            names_no_resource: arn.is_some_and(|arn| arn.service == "ecr"),
            remarks: &mut self.remarks,
        }
    }

    fn block(&mut self, block: &Block, bodies: &[Vec<Said>], factors: &Factors) {
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

    fn said(&mut self, said: &Said, factors: &Factors) {
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

    fn include(&mut self, include: &Include, factors: &Factors) {
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

    fn sentence(&mut self, sentence: &Sentence, factors: &Factors) {
        if let Some(actions) = &sentence.actions {
            self.text
                .push(if actions.except { " everything" } else { " " });
            if actions.except && !actions.list.is_empty() {
                self.text.push(" except ");
            }
            match factors.actions(&actions.list) {
                Some(name) => self.text.push(name),
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

    fn guard(&mut self, word: &str, between: &str, clauses: &Clauses, factors: &Factors) {
        if clauses.is_empty() {
            return;
        }
        self.text.push(word);
        if let Some(name) = factors.condition(between, clauses) {
            return self.text.push(name);
        }
        let texts: Vec<(Place, String)> = clauses.iter().map(|(p, c)| (*p, c.text())).collect();
        self.text.join(&texts, between);
    }
}

/// The place of a policy that several places include.
fn place_of(shared: usize) -> Place {
    Place {
        module: 0,
        item: 0,
        document: 0,
        statement: 0,
        part: Part::Shared(shared),
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
