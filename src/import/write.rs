//! Modules as text: what has a name, what several places include, then the blocks.

use std::ops::Range;

use crate::catalogue::Catalogue;
use crate::diagnostic::Code;
use crate::iam::PolicyKind;
use crate::iam::arn::Arn;
use crate::source::Span;

use super::choice::{Choices, Part, Place, Spot};
use super::factor::{Common, Factors};
use super::model::{Block, Item, Module, Options, Style};
use super::share::{self, Body, Shared};
use super::statement::{Said, Speaker};
use super::text::Text;

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
    let common = match options.style {
        Style::Factored if modules.len() > 1 => Common::find(&bodies, &shared),
        _ => Common::default(),
    };
    let mut written = Written::default();
    for (index, (module, bodies)) in modules.iter().zip(&bodies).enumerate() {
        let own = Own::of(&shared, Some(index));
        writer.module(module, bodies, &own, (&common, share::THERE));
        let text = std::mem::take(&mut writer.text);
        written.texts.push(text.out);
        written.spots.push(text.spots);
    }
    let apart = Own::of(&shared, None);
    if !apart.0.is_empty() || !common.is_empty() {
        let module = Module {
            path: format!("{}.bw", share::APART),
            docs: vec!["What several declarations have in common.".to_owned()],
            ..Module::default()
        };
        writer.module(&module, &[], &apart, (&common, ""));
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

pub(super) struct Writer<'a> {
    pub(super) text: Text,
    remarks: Vec<Remark>,
    choices: &'a Choices,
    options: Options,
    pub(super) catalogue: &'a Catalogue,
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

    fn module(
        &mut self,
        module: &Module,
        bodies: &[Body],
        own: &Own<'_>,
        common: (&Common, &'static str),
    ) {
        let factors = match self.options.style {
            Style::Plain => Factors::default(),
            Style::Named | Style::Factored => Factors::find(module, bodies, own, common),
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
    fn shared(&mut self, index: usize, shared: &Shared, factors: &Factors<'_>) {
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
}

/// The place of a policy that several places include.
pub(super) fn place_of(shared: usize) -> Place {
    Place {
        module: 0,
        item: 0,
        document: 0,
        statement: 0,
        part: Part::Shared(shared),
    }
}
