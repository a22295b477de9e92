//! Modules as text: blocks, their properties, their statements.

use std::ops::Range;

use crate::catalogue::Catalogue;
use crate::diagnostic::Code;
use crate::iam::PolicyKind;
use crate::iam::arn::Arn;
use crate::source::Span;
use crate::syntax::ast::BlockKind;

use super::choice::{Choices, Part, Place, Spot};
use super::factor::Factors;
use super::literal::{is_ident, quote_text};
use super::model::{Block, Item, Module, Options, Reference, Style};
use super::resource;
use super::statement::{Listed, Said, Sentence, Speaker};
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
    /// What is to be said about the documents.
    pub remarks: Vec<Remark>,
    spots: Vec<Vec<Spot>>,
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
    let mut written = Written::default();
    for (index, module) in modules.iter().enumerate() {
        let mut writer = Writer {
            text: Text::default(),
            remarks: Vec::new(),
            choices,
            options,
            catalogue,
        };
        writer.module(index, module);
        written.texts.push(writer.text.out);
        written.spots.push(writer.text.spots);
        written.remarks.extend(writer.remarks);
    }
    written
}

struct Writer<'a> {
    text: Text,
    remarks: Vec<Remark>,
    choices: &'a Choices,
    options: Options,
    catalogue: &'a Catalogue,
}

impl Writer<'_> {
    fn module(&mut self, index: usize, module: &Module) {
        let mut bodies: Vec<Vec<Vec<Said>>> = Vec::new();
        for (item, found) in module.items.iter().enumerate() {
            bodies.push(match found {
                Item::Block(block) => self.bodies(index, item, block),
                Item::Text(_) => Vec::new(),
            });
        }
        let factors = match self.options.style {
            Style::Plain => Factors::default(),
            Style::Factored => Factors::find(module, &bodies),
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
        for (item, bodies) in module.items.iter().zip(&bodies) {
            match item {
                Item::Text(text) => self.text.push(text),
                Item::Block(block) => self.block(block, bodies, &factors),
            }
            self.text.push("\n\n");
        }
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
            let resource = resource::write(arn, 0, &block.ambient, self.catalogue);
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
        for (i, body) in bodies.iter().enumerate() {
            let name = i
                .checked_sub(1)
                .and_then(|i| block.documents.get(i))
                .map(|p| p.name.as_str());
            if let (Some(name), true) = (name, block.documents.len() > 1) {
                self.text
                    .push(&format!("\n// the inline policy `{}`\n", one_line(name)));
            }
            for said in body {
                self.said(said, factors);
            }
        }
        let silent = !bodies
            .iter()
            .flatten()
            .any(|s| matches!(s, Said::Sentence(_)));
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

    fn guard(&mut self, word: &str, between: &str, clauses: &[(Place, String)], factors: &Factors) {
        if clauses.is_empty() {
            return;
        }
        self.text.push(word);
        match factors.condition(between, clauses) {
            Some(name) => self.text.push(name),
            None => self.text.join(clauses, between),
        }
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
