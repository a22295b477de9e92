//! Plans as policies, with the `include`s that call them.

use indexmap::IndexMap;

use super::mine::Start;
use super::plan::Plan;
use super::sequence::{Sequences, Unit, sentence};
use super::shape::{Filling, Hole, filled};
use super::{APART, Argument, Body, Include, Shared, name};
use crate::catalogue::Catalogue;
use crate::import::choice::Choices;
use crate::import::model::{Block, Item, Module};
use crate::import::name::Names;
use crate::import::phrase::Compared;
use crate::import::statement::{Said, Sentence};

/// More arguments than this are given by name.
const BY_POSITION: usize = 2;

/// Policies under way.
pub(super) struct Policies<'a> {
    modules: &'a [Module],
    bodies: &'a [Vec<Body>],
    sequences: &'a Sequences,
    choices: &'a Choices,
    catalogue: &'a Catalogue,
    /// Of each module, and of that which stands apart.
    names: Vec<Names>,
    shared: Vec<Shared>,
    includes: Vec<(Start, usize, Include)>,
}

/// What a plan stands for, whatever it is called: the first place where it is said, without its holes.
pub(super) fn key(sequences: &Sequences, plan: &Plan) -> String {
    let first = plan.starts.first().copied().unwrap_or_default();
    let shapes = sequences.shapes(first, plan.length);
    let rests: Vec<&str> = shapes.iter().map(|s| s.rest.as_str()).collect();
    format!("{}\n{:?}", rests.join("\n"), plan.columns)
}

fn blocks(module: &Module) -> impl Iterator<Item = &Block> {
    module.items.iter().filter_map(|item| match item {
        Item::Block(block) => Some(&**block),
        Item::Text(_) => None,
    })
}

impl<'a> Policies<'a> {
    pub(super) fn new(
        modules: &'a [Module],
        bodies: &'a [Vec<Body>],
        sequences: &'a Sequences,
        choices: &'a Choices,
        catalogue: &'a Catalogue,
    ) -> Policies<'a> {
        let mut names: Vec<Names> = Vec::new();
        for module in modules {
            let mut own = Names::default();
            blocks(module).for_each(|block| drop(own.take(&block.ident)));
            names.push(own);
        }
        names.push(Names::default());
        Policies {
            modules,
            bodies,
            sequences,
            choices,
            catalogue,
            names,
            shared: Vec::new(),
            includes: Vec::new(),
        }
    }

    /// The policies, and each `include` with the run in whose place it stands, in the order of the text.
    pub(super) fn finish(mut self) -> (Vec<Shared>, Vec<(Start, usize, Include)>) {
        self.includes.sort_by_key(|(start, _, _)| *start);
        (self.shared, self.includes)
    }

    pub(super) fn add(&mut self, plan: &Plan) {
        let modules = plan.starts.iter().map(|start| self.module(*start));
        let mut modules: Vec<usize> = modules.collect();
        modules.dedup();
        let own = match modules.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let index = self.shared.len();
        let declared = self.declared(plan);
        let shared = match declared.and_then(|start| Some((start, self.block(start)?))) {
            Some((start, block)) => Shared {
                module: Some(self.module(start)),
                ident: block.ident.clone(),
                parameters: Vec::new(),
                body: None,
                key: key(self.sequences, plan),
                names_parts: false,
            },
            None => self.policy(plan, own),
        };
        for start in plan.starts.iter().filter(|s| declared != Some(**s)) {
            let include = self.include(plan, *start, index, &shared);
            self.includes.push((*start, plan.length, include));
        }
        self.shared.push(shared);
    }

    /// A managed policy that says just this and nothing else.
    fn declared(&self, plan: &Plan) -> Option<Start> {
        let mut starts = plan.starts.iter().filter(|_| plan.parameters.is_empty());
        let declared = starts.find(|start| self.sequences.declares(**start, plan.length));
        declared.copied()
    }

    fn policy(&mut self, plan: &Plan, module: Option<usize>) -> Shared {
        let first = plan.starts.first().copied().unwrap_or_default();
        let sentences = self.sentences(first, plan.length);
        let wanted = name::of(&self.naming(plan, &sentences), self.catalogue);
        let at = module.unwrap_or(self.modules.len());
        let ident = match self.names.get_mut(at) {
            Some(names) => names.take(&wanted),
            None => wanted,
        };
        let key = key(self.sequences, plan);
        let fillings = self.fillings(plan);
        let parameters = plan.parameters.iter().zip(&fillings);
        let parameters = parameters.map(|(hole, filling)| {
            let ty = self.type_name(plan, *hole, self.choices.shares_loosely(&key));
            (filling.name.clone(), ty)
        });
        let parameters = parameters.collect();
        let mut columns = plan.columns.iter();
        let holes = self.holes_of_each(first, plan.length);
        let body = sentences.iter().zip(holes).map(|(sentence, holes)| {
            let own: Vec<Option<&Filling>> = columns
                .by_ref()
                .take(holes)
                .map(|column| column.and_then(|c| fillings.get(c)))
                .collect();
            Said::Sentence(Box::new(filled(sentence, &own)))
        });
        Shared {
            module,
            ident,
            parameters,
            body: Some(body.collect()),
            key,
            names_parts: (0..plan.columns.len()).any(|at| {
                let hole = self.hole(plan, first, at);
                plan.columns.get(at).is_some_and(Option::is_some)
                    && matches!(hole, Some(Hole::Resource(r)) if r.suffix.starts_with('.'))
            }),
        }
    }

    /// How many holes each statement of a run has.
    fn holes_of_each(&self, start: Start, length: usize) -> Vec<usize> {
        let shapes = self.sequences.shapes(start, length);
        shapes.iter().map(|shape| shape.holes.len()).collect()
    }

    /// The names of the parameters, and whether they are given lists.
    fn fillings(&self, plan: &Plan) -> Vec<Filling> {
        let mut names = Names::default();
        let parameters = plan.parameters.iter();
        let fillings = parameters.map(|hole| {
            let all: Vec<&Hole> = plan
                .starts
                .iter()
                .filter_map(|start| self.hole(plan, *start, *hole))
                .collect();
            Filling {
                name: names.take(&all.first().map_or_else(String::new, |h| h.wanted_name())),
                several: all.iter().any(|hole| hole.is_list()),
            }
        });
        fillings.collect()
    }

    /// What fills a hole in one of the places.
    fn hole(&self, plan: &Plan, start: Start, at: usize) -> Option<&'a Hole> {
        let shapes = self.sequences.shapes(start, plan.length).into_iter();
        shapes.flat_map(|shape| &shape.holes).nth(at)
    }

    fn type_name(&self, plan: &Plan, hole: usize, loose: bool) -> String {
        let starts = plan.starts.iter();
        let holes: Vec<&Hole> = starts.filter_map(|s| self.hole(plan, *s, hole)).collect();
        let mut joined: Option<Compared> = None;
        for hole in holes {
            match hole {
                Hole::Resource(_) if loose => return "resource".to_owned(),
                Hole::Resource(resource) => return resource.type_name.clone().unwrap_or_default(),
                Hole::Values(phrase) => match (&mut joined, &phrase.compared) {
                    (Some(all), Some(more)) => all.values.extend(more.values.iter().cloned()),
                    (none, more) => *none = more.clone(),
                },
            }
        }
        joined.map_or_else(String::new, |all| all.type_name().to_owned())
    }

    fn include(&self, plan: &Plan, start: Start, index: usize, shared: &Shared) -> Include {
        let here = self.module(start);
        let path = match shared.module {
            Some(module) if module == here => shared.ident.clone(),
            Some(module) => {
                let path = self.modules.get(module).map_or("", |m| m.path.as_str());
                let path = path.trim_end_matches(".bw").replace('/', ".");
                format!("{path}.{}", shared.ident)
            }
            None => format!("{APART}.{}", shared.ident),
        };
        let by_name = plan.parameters.len() > BY_POSITION;
        let arguments = plan.parameters.iter().zip(&shared.parameters);
        let arguments = arguments.filter_map(|(hole, (name, _))| {
            let argument = match self.hole(plan, start, *hole)? {
                Hole::Resource(resource) => Argument::Resource(crate::import::resource::Resource {
                    suffix: String::new(),
                    ..resource.clone()
                }),
                values @ Hole::Values(_) => Argument::Values(values.text()),
            };
            Some((by_name.then(|| name.clone()), argument))
        });
        let run = self.sequences.run(start, plan.length);
        let document = |unit: Option<&Unit>| unit.map_or(0, |u| u.document);
        Include {
            shared: index,
            path,
            arguments: arguments.collect(),
            documents: document(run.last()) - document(run.first()) + 1,
        }
    }

    fn naming<'s>(&'s self, plan: &Plan, sentences: &[&'s Sentence]) -> name::Run<'s> {
        let starts = || plan.starts.iter();
        let documents = starts().map(|start| {
            let block = self.block(*start)?;
            if !self.sequences.covers(*start, plan.length) {
                return None;
            }
            let mut names: IndexMap<usize, &str> = IndexMap::new();
            for unit in self.sequences.run(*start, plan.length) {
                let document = block.documents.get(unit.document.checked_sub(1)?)?;
                names.insert(unit.document, &document.name);
            }
            Some(names.into_values().collect())
        });
        let holders = starts().filter_map(|start| self.block(*start));
        name::Run {
            documents: documents.collect(),
            holders: holders.map(|block| block.name.as_str()).collect(),
            sentences: sentences.to_vec(),
        }
    }

    fn module(&self, start: Start) -> usize {
        self.sequences.0.get(start.0).map_or(0, |s| s.module)
    }

    fn block(&self, start: Start) -> Option<&'a Block> {
        let sequence = self.sequences.0.get(start.0)?;
        match self
            .modules
            .get(sequence.module)?
            .items
            .get(sequence.item)?
        {
            Item::Block(block) => Some(block),
            Item::Text(_) => None,
        }
    }

    fn sentences(&self, start: Start, length: usize) -> Vec<&'a Sentence> {
        let Some(sequence) = self.sequences.0.get(start.0) else {
            return Vec::new();
        };
        let body = self.bodies.get(sequence.module);
        let Some(body) = body.and_then(|b| b.get(sequence.item)) else {
            return Vec::new();
        };
        let run = self.sequences.run(start, length).iter();
        run.filter_map(|unit| sentence(body.get(unit.document)?.get(unit.at)?))
            .collect()
    }
}
