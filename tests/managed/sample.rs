//! Requests made out of what a policy mentions, for a check that knows nothing of the symbolic engine.

use bailiwick::engine::{Context, Principal, Request, Values};
use bailiwick::ir::{Condition, Policy, Test};

use crate::change::Dice;

/// Everything that a policy mentions.
pub(crate) struct Mentioned {
    actions: Vec<String>,
    resources: Vec<String>,
    tests: Vec<Test>,
}

impl Mentioned {
    pub(crate) fn by(policies: &[&Policy]) -> Mentioned {
        let mut out = Mentioned {
            actions: vec!["other:Action".to_owned()],
            resources: vec!["*".to_owned(), "arn:aws:other:::x".to_owned()],
            tests: Vec::new(),
        };
        for s in policies.iter().flat_map(|p| &p.statements) {
            out.actions.extend(s.action.patterns.iter().cloned());
            let resources = s.resource.iter().flat_map(|r| &r.patterns);
            out.resources.extend(resources.cloned());
            collect(&s.condition, &mut out.tests);
        }
        out
    }

    /// A request: wildcards replaced by some text, keys absent or with a mentioned value or another one.
    pub(crate) fn request(&self, dice: &mut Dice) -> Request {
        let mut context = Context::default();
        for test in &self.tests {
            if dice.roll(4) == 0 {
                continue;
            }
            let value = |dice: &mut Dice| match (dice.roll(4), test.values.as_slice()) {
                (0, _) | (_, []) => "other".to_owned(),
                (_, values) => filled(dice.pick::<String>(values), dice),
            };
            let values = match (test.multi_valued, dice.roll(4)) {
                (false, _) => Values::One(value(dice)),
                (true, 0) => Values::Many(Vec::new()),
                (true, n) => Values::Many((0..n).map(|_| value(dice)).collect()),
            };
            context.set(test.key.clone(), values);
        }
        Request {
            principal: Principal::parse("arn:aws:iam::111122223333:user/alice").unwrap(),
            action: filled(dice.pick::<String>(&self.actions), dice),
            resource: filled(dice.pick::<String>(&self.resources), dice),
            resource_account: Some("111122223333".to_owned()),
            context,
        }
    }
}

fn filled(pattern: &str, dice: &mut Dice) -> String {
    let fillers = ["", "a", "eu-west-1", "111122223333", "Xy/z"];
    if pattern == "*" {
        return if dice.roll(2) == 0 {
            "*".to_owned()
        } else {
            "arn:aws:s3:::b/k".to_owned()
        };
    }
    let mut out = String::new();
    for c in pattern.chars() {
        match c {
            '*' => out.push_str(dice.pick::<&str>(&fillers)),
            '?' => out.push('q'),
            _ => out.push(c),
        }
    }
    out
}

fn collect(condition: &Condition, out: &mut Vec<Test>) {
    match condition {
        Condition::True | Condition::False => {}
        Condition::Test(test) => out.push(test.clone()),
        Condition::Not(inner) => collect(inner, out),
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                collect(part, out);
            }
        }
    }
}
