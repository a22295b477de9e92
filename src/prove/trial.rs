//! Tests: single requests, decided by the reference evaluator over everything that bears on them.

use std::borrow::Cow;

use super::explain;
use super::model::{Detail, Item, ItemKind};
use super::view::Ground;
use crate::catalogue::Catalogue;
use crate::engine::concrete::{Decision, evaluate_once};
use crate::engine::question::actions_among;
use crate::engine::request::{Context, Principal, Request, Values};
use crate::engine::{self, Attached};
use crate::iam::document::{self, PrincipalKind};
use crate::iam::pattern::{Variables, Wildcards};
use crate::iam::{Part, Pattern};
use crate::ir::promise::{Asker, Expectation, Expected, Trial};
use crate::ir::{Match, Policy};

/// Runs a test.
pub(super) fn run(name: String, trial: &Trial, ground: &Ground<'_, '_>) -> Item {
    let mut details = Vec::new();
    let mut cases = 0;
    for expectation in &trial.expectations {
        let (tried, found) = expect(expectation, ground);
        cases += tried;
        details.extend(found);
    }
    if cases == 0 && details.is_empty() {
        details.push(Detail::undecided(
            "it asks for nobody: who asks is not deployed where it looks".to_owned(),
        ));
    }
    Item::of(ItemKind::Test, name, &trial.origin, cases, details)
}

/// A line of a test: how many requests it made, and what came out otherwise than expected.
fn expect(expectation: &Expectation, ground: &Ground<'_, '_>) -> (usize, Vec<Detail>) {
    let at = expectation.origin.spans.first().copied();
    let placed = |detail: Detail| Detail { at, ..detail };
    let requests = match requests(expectation, ground) {
        Ok(requests) => requests,
        Err(why) => return (0, vec![placed(Detail::undecided(why))]),
    };
    let judge = |request| judge(expectation, request, ground);
    let found = requests.iter().filter_map(judge).map(placed).collect();
    (requests.len(), found)
}

fn judge(expectation: &Expectation, request: &Request, ground: &Ground<'_, '_>) -> Option<Detail> {
    let (who, attached) = match bearing(expectation, request, ground) {
        Ok(found) => found,
        Err(why) => return Some(Detail::undecided(why)),
    };
    let evaluation = evaluate_once(&attached, request, &ground.asking.semantics);
    let is_allowed = evaluation.decision == Decision::Allowed;
    let verb = match (expectation.expected, is_allowed) {
        (Expected::Allowed, true) | (Expected::Denied, false) => return None,
        (Expected::Allowed, false) => "cannot",
        (Expected::Denied, true) => "can",
    };
    let message = format!("{who} {verb} {}", explain::asked(request));
    Some(explain::judged(message, &attached, request, ground))
}

/// Everything that bears on a request, and who makes it in words.
fn bearing<'b>(
    expectation: &Expectation,
    request: &'b Request,
    ground: &'b Ground<'b, '_>,
) -> Result<(String, Attached<Cow<'b, Policy>>), String> {
    let governed = ground.governing(&request.action, &request.resource);
    let who = match &expectation.asker {
        Asker::Declared(who) => who,
        Asker::Named(_) | Asker::Anonymous => {
            let Some(governed) = governed else {
                return Err(format!(
                    "no policy of the project is on `{}`, so nothing says what {} may do to it",
                    request.resource, request.principal
                ));
            };
            let effective = ground.foreign(&request.principal, governed);
            return Ok((request.principal.to_string(), effective.attached));
        }
    };
    let Some(identity) = ground.identity(who) else {
        return Err(format!(
            "there is no `{}` in account {}",
            who.name, who.account
        ));
    };
    if !identity.unknown.is_empty() {
        return Err(format!(
            "{} has a policy attached that is not known here",
            ground.name_of(identity)
        ));
    }
    let attached = match governed {
        Some(governed) => {
            let policy = Some(governed.policy);
            ground
                .estate
                .effective_toward(identity, policy, governed.owner)
        }
        None => ground.undeclared(identity, request.owner()),
    };
    Ok((ground.name_of(identity), attached.attached))
}

/// The requests of a line, or why there are none.
fn requests(expectation: &Expectation, ground: &Ground<'_, '_>) -> Result<Vec<Request>, String> {
    let principal = principal_of(&expectation.asker, ground)?;
    let actions = actions(&expectation.actions, ground.asking.catalogue);
    if actions.is_empty() {
        return Err("no action of the catalogue is meant".to_owned());
    }
    let mut found = Vec::new();
    for action in actions {
        let resources = match expectation.resources.as_slice() {
            [] if needs_resource(&action, ground.asking.catalogue) => {
                return Err(format!("`{action}` acts on resources, and none is named"));
            }
            [] => vec!["*".to_owned()],
            some => some
                .iter()
                .map(|r| example(r, &expectation.context))
                .collect(),
        };
        for resource in resources {
            found.push(request(&principal, &action, resource, expectation, ground));
        }
    }
    Ok(found)
}

fn request(
    principal: &Principal,
    action: &str,
    resource: String,
    expectation: &Expectation,
    ground: &Ground<'_, '_>,
) -> Request {
    let mut context = Context::default();
    for (key, values) in &expectation.context {
        let values = match (values.as_slice(), is_multi_valued(key, ground)) {
            ([one], false) => Values::One(one.clone()),
            (many, _) => Values::Many(many.to_vec()),
        };
        context.set(key.clone(), values);
    }
    let told = match context.get("aws:ResourceAccount") {
        Some(Values::One(account)) => Some(account.clone()),
        _ => None,
    };
    let governed = ground.governing(action, &resource);
    let owner = governed.and_then(|g| ground.estate.account(g.owner));
    let mut request = Request {
        principal: principal.clone(),
        action: action.to_owned(),
        resource,
        resource_account: told.or_else(|| owner.map(|o| o.account.id.clone())),
        context,
    };
    // Whose resource it is follows from its ARN or from who asks.
    let owner = request.owner().map(str::to_owned);
    request.resource_account = owner;
    let organization = |account: Option<&str>| {
        let place = ground.estate.account_by_id(account?)?;
        let organization = ground.estate.account(place)?.organization?;
        Some(organization.id.clone()).filter(|id| !id.is_empty())
    };
    let implied = [
        (
            "aws:PrincipalOrgID",
            organization(request.principal.account()),
        ),
        (
            "aws:ResourceOrgID",
            organization(request.resource_account.as_deref()),
        ),
    ];
    for (key, value) in implied {
        if let (Some(value), None) = (value, request.context.get(key)) {
            request.context.set(key, Values::One(value));
        }
    }
    request.with_implied_keys()
}

fn is_multi_valued(key: &str, ground: &Ground<'_, '_>) -> bool {
    let found = ground.asking.catalogue.key(key);
    found.is_some_and(|k| k.key.multi_valued)
}

fn principal_of(asker: &Asker, ground: &Ground<'_, '_>) -> Result<Principal, String> {
    match asker {
        Asker::Anonymous => Ok(Principal::Anonymous),
        Asker::Declared(who) => match ground.identity(who) {
            Some(identity) => Ok(identity.principal.clone()),
            None => Err(format!(
                "there is no `{}` in account {}",
                who.name, who.account
            )),
        },
        Asker::Named(document::Principal { kind, value }) => match kind {
            PrincipalKind::Service => Ok(Principal::Service(value.clone())),
            PrincipalKind::Federated => Ok(Principal::Federated(value.clone())),
            PrincipalKind::Aws => engine::Principal::parse(value)
                .ok_or_else(|| format!("`{value}` is nobody who makes requests")),
            PrincipalKind::CanonicalUser => {
                Err(format!("the canonical user `{value}` has no identity here"))
            }
        },
    }
}

/// The actions of the catalogue that are meant; one without wildcards stands for itself.
fn actions(wanted: &Match, catalogue: &Catalogue) -> Vec<String> {
    let is_pattern = |p: &String| p.contains(['*', '?']);
    match !wanted.negated && !wanted.patterns.iter().any(is_pattern) {
        true => wanted.patterns.clone(),
        false => actions_among(wanted, catalogue),
    }
}

fn needs_resource(action: &str, catalogue: &Catalogue) -> bool {
    let found = catalogue.action(action);
    found.is_some_and(|(_, a)| !a.resources.is_empty())
}

/// A resource that a pattern stands for: a wildcard is any text, and a region the one of the request.
fn example(pattern: &str, context: &[(String, Vec<String>)]) -> String {
    let region = context.iter().find(|(key, _)| key == "aws:RequestedRegion");
    let region = region.and_then(|(_, values)| values.first());
    let mut fields: Vec<String> = pattern.splitn(6, ':').map(str::to_owned).collect();
    if let (Some(field), Some(region)) = (fields.get_mut(3), region)
        && field == "*"
    {
        field.clone_from(region);
    }
    let parsed = Pattern::parse(&fields.join(":"), Wildcards::Active, Variables::Literal);
    let text = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        _ => "x".to_owned(),
    };
    match pattern {
        "*" => "*".to_owned(),
        _ => parsed.parts().iter().map(text).collect(),
    }
}
