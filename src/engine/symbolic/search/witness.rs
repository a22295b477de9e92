//! The request of a solved view, with readable names wherever they make no difference.

use super::{Point, Problem};
use crate::engine::hashed::IndexMap;
use crate::engine::request::{Context, Request, Values};
use crate::engine::symbolic::action;
use crate::engine::symbolic::formula::Formula;
use crate::engine::symbolic::model::{Held, Model};
use crate::engine::symbolic::readable;
use crate::engine::symbolic::value::has_stand_in;

impl Problem<'_> {
    /// The request of a point, with readable names where they make no difference to any atom of the formula.
    pub(super) fn request(&self, point: &Point, formula: Formula) -> Request {
        let model = self.readable(&point.model, formula);
        let mut context = Context::default();
        for (key, held) in &model.keys {
            let Some(info) = self.compiler.tables.key_info(*key) else {
                continue;
            };
            match held {
                Held::Absent => {}
                Held::Empty => context.set(info.name.clone(), Values::Many(Vec::new())),
                Held::One(value) => context.set(info.name.clone(), Values::One(value.clone())),
                Held::Many(values) => context.set(info.name.clone(), Values::Many(values.clone())),
            }
        }
        Request {
            principal: point.principal.clone(),
            action: action::readable(&point.class, &self.prepared),
            resource: model.resource,
            resource_account: self.owner.clone(),
            context,
        }
    }

    /// The model without stand-ins, if some readable text can take their place.
    fn readable(&self, model: &Model, formula: Formula) -> Model {
        let candidates = readable::WORDS.iter().map(|filler| tidied(model, filler));
        let found = candidates
            .into_iter()
            .find(|tidy| self.is_true_of(formula, tidy));
        found.unwrap_or_else(|| model.clone())
    }

    /// Whether a formula is true of a candidate.
    fn is_true_of(&self, formula: Formula, model: &Model) -> bool {
        let tables = &self.compiler.tables;
        let mut atom = |id| model.satisfies(tables, id);
        let mut known = IndexMap::default();
        tables.formulas.evaluate(formula, &mut known, &mut atom)
    }
}

/// The model with its stand-ins replaced by a readable text.
fn tidied(model: &Model, filler: &str) -> Model {
    let tidy = |text: &String| {
        if has_stand_in(text) {
            readable::without_stand_ins(text, filler)
        } else {
            text.clone()
        }
    };
    let keys = model.keys.iter().map(|(key, held)| {
        let held = match held {
            Held::One(value) => Held::One(tidy(value)),
            Held::Many(values) => Held::Many(values.iter().map(tidy).collect()),
            other => other.clone(),
        };
        (*key, held)
    });
    Model {
        resource: tidy(&model.resource),
        keys: keys.collect(),
    }
}

/// A plausible resource for an action whose resource does not matter.
pub(super) fn any_resource(action: &str, account: &str) -> String {
    let service = action.split(':').next().unwrap_or("");
    match service {
        "s3" => "arn:aws:s3:::example-bucket/example-key".to_owned(),
        "iam" => format!("arn:aws:iam::{account}:role/Example"),
        _ if !service.is_empty()
            && service
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
        {
            format!("arn:aws:{service}:eu-west-1:{account}:example")
        }
        _ => format!("arn:aws:example:eu-west-1:{account}:example"),
    }
}
