//! `can`: whether an identity may do something, and what decides it.

use std::borrow::Cow;

use super::account_of;
use super::evidence::Bench;
use super::model::{Answer, Block, Place, Sector, Verdict};
use super::placed::placed;
use crate::access::reach::Reach;
use crate::access::{Estate, Identity};
use crate::catalogue::KeyType;
use crate::engine::Attached;
use crate::engine::concrete::Layer;
use crate::engine::question::{Asking, Effective, Finding, Subject, World, disjoint, implies};
use crate::iam::{BaseOperator, Effect, Operator};
use crate::ir::promise::Case;
use crate::ir::{Condition, Policy, Statement, Test};
use crate::prove::scope::everything;
use crate::prove::view::{Ground, Owner, View};

/// Reasons for a denial that are looked for.
const REASONS: usize = 8;

/// A key and the values that a question gives it.
type Given = (String, Vec<String>);

/// Answers for every identity of the cases that is wanted, in the order of the project.
pub fn can(
    cases: &[Case],
    is_wanted: &dyn Fn(&Identity<'_>) -> bool,
    given: &[Given],
    estate: &Estate<'_>,
    asking: &Asking<'_>,
) -> Vec<Answer> {
    let reach = Reach::new(estate, asking);
    let ground = Ground::new(&reach);
    let mut answers = Vec::new();
    for case in cases {
        let scope = fixed(&placed(&case.policy, &ground), given, asking);
        for identity in case.who.iter().filter_map(|w| ground.identity(w)) {
            if is_wanted(identity) {
                answers.push(answer(identity, &scope, given, &ground));
            }
        }
    }
    answers
}

/// The requests of a scope in which the given keys have their values.
pub(super) fn fixed(scope: &Policy, given: &[Given], asking: &Asking<'_>) -> Policy {
    let mut scope = scope.clone();
    for statement in &mut scope.statements {
        let own = std::mem::replace(&mut statement.condition, Condition::True);
        let values = given.iter().map(|(key, values)| has(key, values, asking));
        statement.condition = Condition::all(std::iter::once(own).chain(values));
    }
    scope
}

/// A key that has exactly these values.
fn has(key: &str, values: &[String], asking: &Asking<'_>) -> Condition {
    let found = asking.catalogue.key(key);
    let base = match found.as_ref().map(|k| k.key.key_type) {
        Some(KeyType::Bool) => BaseOperator::Bool,
        Some(KeyType::Numeric) => BaseOperator::NumericEquals,
        Some(KeyType::Date) => BaseOperator::DateEquals,
        Some(KeyType::IpAddress) => BaseOperator::IpAddress,
        Some(KeyType::Arn) => BaseOperator::ArnEquals,
        Some(KeyType::Binary) => BaseOperator::BinaryEquals,
        Some(KeyType::String) | None => BaseOperator::StringEquals,
    };
    let multi_valued = found.is_some_and(|k| k.key.multi_valued);
    let one = |value: &String, qualifier| {
        Condition::Test(Test {
            operator: Operator {
                qualifier,
                ..Operator::plain(base)
            },
            key: key.to_owned(),
            multi_valued,
            values: vec![value.clone()],
            span: None,
        })
    };
    use crate::iam::condition::Qualifier;
    match multi_valued {
        false => Condition::all(values.iter().map(|v| one(v, None))),
        true => {
            let each = values.iter().map(|v| one(v, Some(Qualifier::ForAnyValue)));
            let all = Condition::Test(Test {
                operator: Operator {
                    qualifier: Some(Qualifier::ForAllValues),
                    ..Operator::plain(base)
                },
                key: key.to_owned(),
                multi_valued,
                values: values.to_vec(),
                span: None,
            });
            Condition::all(each.chain([all]))
        }
    }
}

fn answer(
    identity: &Identity<'_>,
    scope: &Policy,
    given: &[Given],
    ground: &Ground<'_, '_>,
) -> Answer {
    let sectors = sectors(identity, scope, given, ground);
    let verdicts = sectors.iter().map(|s| s.verdict);
    let mut verdict = verdicts.reduce(Verdict::and).unwrap_or(Verdict::No);
    // What is attached and not known could allow anything, and deny anything.
    if !identity.unknown.is_empty() {
        verdict = Verdict::Unknown;
    }
    Answer {
        kind: identity.kind,
        name: identity.name.to_owned(),
        account: account_of(identity, ground),
        verdict,
        sectors,
    }
}

fn sectors(
    identity: &Identity<'_>,
    scope: &Policy,
    given: &[Given],
    ground: &Ground<'_, '_>,
) -> Vec<Sector> {
    let touched = ground.touched(scope);
    let mut views = vec![(Place::Own, ground.own(identity, scope, &touched))];
    for governed in &touched {
        let account = ground.estate.account(governed.owner);
        let place = Place::Governed {
            name: governed.name.clone(),
            account: account.map(|a| a.account.name.clone()).unwrap_or_default(),
        };
        views.push((place, ground.governed(identity, scope, governed)));
    }
    for view in ground.strangers(identity, scope) {
        views.push(abroad(view, identity, ground));
    }
    for (_, view) in &mut views {
        view.scope = view.whole_scope();
    }
    let views = views.iter();
    let sectors = views.filter_map(|(place, view)| {
        let is_empty = ground.is_of_nothing(view, World::Open);
        (!is_empty).then(|| sector(place.clone(), view, identity, given, ground))
    });
    sectors.collect()
}

/// Resources that the question places in another account of which the project writes no policy.
fn abroad<'v>(
    mut view: View<'v>,
    identity: &'v Identity<'_>,
    ground: &'v Ground<'v, '_>,
) -> (Place, View<'v>) {
    let id = view.effective.resource_account.unwrap_or_default();
    match ground.estate.account_by_id(id) {
        Some(place) => {
            let account = ground.estate.account(place);
            let account = account.map(|a| a.account.name.clone()).unwrap_or_default();
            (Place::Other { account }, view)
        }
        None => {
            let granted = ground.undeclared(identity, Some(id));
            view.effective.attached.resource = granted.attached.resource;
            view.owner = Owner::Outside;
            let account = id.to_owned();
            (Place::Outside { account }, view)
        }
    }
}

fn sector(
    place: Place,
    view: &View<'_>,
    identity: &Identity<'_>,
    given: &[Given],
    ground: &Ground<'_, '_>,
) -> Sector {
    let asking = ground.asking;
    let subject = Subject::Effective(Box::new(view.effective.clone()));
    let mut sector = Sector {
        place,
        verdict: Verdict::No,
        unsettled: String::new(),
        allowed: None,
        in_catalogue: true,
        needs: Vec::new(),
        denied: Vec::new(),
        blocks: Vec::new(),
    };
    if let Some(policy) = identity.unknown.first() {
        let (crate::ir::AttachedPolicy::Aws(name) | crate::ir::AttachedPolicy::Customer(name)) =
            policy;
        sector.verdict = Verdict::Unknown;
        sector.unsettled = format!("the policy `{name}` is attached, and not known here");
        return sector;
    }
    let attached = &view.effective.attached;
    let bench = Bench::new(attached, &view.scope, given, asking.semantics);
    match disjoint(&subject, &Subject::document(&view.scope), asking) {
        Finding::Proved => {
            sector.blocks = blocks(view, identity, ground);
            if sector.blocks.is_empty() {
                let denied = |world| reasons(view, &bench, world, asking).0;
                sector.denied = denied(World::Catalogue);
                if sector.denied.is_empty() {
                    sector.denied = denied(World::Open);
                }
            }
            return sector;
        }
        Finding::Unknown(reason) => {
            sector.verdict = Verdict::Unknown;
            sector.unsettled = reason.to_string();
            return sector;
        }
        Finding::Refuted(witness) => {
            let (shown, needs) = bench.allowed(&witness.request);
            sector.allowed = Some(shown);
            sector.in_catalogue = witness.in_catalogue;
            sector.needs = needs;
        }
    }
    // Where AWS knows no such request today, the catalogue's world would hold nothing that speaks against it.
    let world = match sector.in_catalogue {
        true => World::Catalogue,
        false => World::Open,
    };
    let (denied, unsettled) = reasons(view, &bench, world, asking);
    sector.verdict = match (denied.is_empty(), &unsettled) {
        (true, None) => Verdict::Yes,
        (true, Some(_)) => Verdict::Unknown,
        (false, _) => Verdict::Depends,
    };
    sector.denied = denied;
    let needs = &sector.needs;
    sector.denied.retain(|shown| !is_told(shown, needs));
    sector.unsettled = unsettled.unwrap_or_default();
    if sector.verdict == Verdict::Yes {
        sector.needs.clear();
    }
    sector
}

/// Whether the keys that are needed tell already why a request is denied.
fn is_told(shown: &super::model::Shown, needs: &[super::model::Need]) -> bool {
    let mut silent = shown.silent.iter();
    let mut statements = shown.statements.iter();
    silent.all(|layer| needs.iter().any(|n| n.silent.contains(layer)))
        && statements.all(|s| needs.iter().any(|n| n.statements.contains(s)))
}

/// Requests that are denied, each for a reason of its own: what one statement denies is left out before the next
/// is looked for.
fn reasons(
    view: &View<'_>,
    bench: &Bench<'_, '_>,
    world: World,
    asking: &Asking<'_>,
) -> (Vec<super::model::Shown>, Option<String>) {
    let asking = Asking { world, ..*asking };
    let subject = Subject::Effective(Box::new(view.effective.clone()));
    let mut scope = view.scope.clone();
    let mut found = Vec::new();
    for _ in 0..REASONS {
        match implies(&Subject::document(&scope), &subject, &asking) {
            Finding::Proved => return (found, None),
            Finding::Unknown(reason) => return (found, Some(reason.to_string())),
            Finding::Refuted(witness) => {
                let (shown, deciding) = bench.denied(&witness.request);
                found.push(shown);
                let attached = &view.effective.attached;
                let denies = deciding.iter().filter(|d| d.effect == Effect::Deny);
                let denies = denies.filter_map(|d| super::evidence::find(attached, d));
                let denies: Vec<Statement> = denies
                    .map(|(_, statement)| Statement {
                        principal: None,
                        ..statement.clone()
                    })
                    .collect();
                // What nobody allows has no statement that could be left out.
                if denies.is_empty() {
                    return (found, None);
                }
                scope.statements.extend(denies);
            }
        }
    }
    (found, None)
}

/// The layers that let nothing of a view through, each by itself.
fn blocks(view: &View<'_>, identity: &Identity<'_>, ground: &Ground<'_, '_>) -> Vec<Block> {
    let asking = ground.asking;
    let attached = &view.effective.attached;
    let granted = match view.owner {
        Owner::Own | Owner::GovernedOwn => ground.undeclared(identity, None),
        // Between accounts the resource's policy has to grant; here it is taken to.
        Owner::GovernedOther | Owner::Outside => ground.undeclared(identity, Some("000000000000")),
    };
    let anything = everything();
    let open = Attached {
        identity: vec![Cow::Borrowed(&anything)],
        resource: granted.attached.resource,
        ..Attached::default()
    };
    let mut alone: Vec<(Layer, Vec<String>, Attached<Cow<'_, Policy>>)> = Vec::new();
    let names = |policies: &[Cow<'_, Policy>]| policies.iter().map(|p| p.name.clone()).collect();
    // A resource policy of the same account may grant by itself; then the identity's silence blocks nothing.
    if view.owner != Owner::GovernedOwn || !grants_alone(view, asking) {
        let own = Attached {
            identity: attached.identity.clone(),
            resource: open.resource.clone(),
            ..Attached::default()
        };
        let policies = vec![identity.name.to_owned()];
        alone.push((Layer::Identity, policies, own));
    }
    if let Some(boundary) = &attached.boundary {
        let only = Attached {
            boundary: Some(boundary.clone()),
            ..open.clone()
        };
        alone.push((Layer::Boundary, vec![boundary.name.clone()], only));
    }
    for level in &attached.scps {
        let only = Attached {
            scps: vec![level.clone()],
            ..open.clone()
        };
        alone.push((Layer::Scp, names(level), only));
    }
    for level in attached.rcps.iter().filter(|l| !l.is_empty()) {
        let only = Attached {
            rcps: vec![level.clone()],
            ..open.clone()
        };
        alone.push((Layer::Rcp, names(level), only));
    }
    if let Some(resource) = &attached.resource {
        let only = Attached {
            resource: Some(resource.clone()),
            ..open.clone()
        };
        alone.push((Layer::Resource, vec![resource.name.clone()], only));
    }
    let blocking = alone.into_iter().filter_map(|(layer, policies, only)| {
        if !lets_nothing_through(&only, view, asking) {
            return None;
        }
        Some(Block {
            layer,
            denies: denies(&only, view, asking),
            policies,
        })
    });
    blocking.collect()
}

/// Whether the resource's policy would do without the identity's.
fn grants_alone(view: &View<'_>, asking: &Asking<'_>) -> bool {
    let only = Attached {
        resource: view.effective.attached.resource.clone(),
        ..Attached::default()
    };
    !lets_nothing_through(&only, view, asking)
}

fn finding(only: &Attached<Cow<'_, Policy>>, view: &View<'_>, asking: &Asking<'_>) -> Finding {
    let subject = Subject::Effective(Box::new(Effective {
        principal: view.effective.principal,
        attached: only.clone(),
        resource_account: view.effective.resource_account,
    }));
    disjoint(&subject, &Subject::document(&view.scope), asking)
}

fn lets_nothing_through(
    only: &Attached<Cow<'_, Policy>>,
    view: &View<'_>,
    asking: &Asking<'_>,
) -> bool {
    finding(only, view, asking).is_proved()
}

/// The statements that deny what the layer would allow without its denies.
fn denies(
    only: &Attached<Cow<'_, Policy>>,
    view: &View<'_>,
    asking: &Asking<'_>,
) -> Vec<super::model::Statement> {
    let kinder = only.map(|policy| {
        let mut policy = policy.clone();
        let is_allow = |s: &Statement| s.effect == Effect::Allow;
        if !policy.statements.iter().all(is_allow) {
            policy.to_mut().statements.retain(is_allow);
        }
        policy
    });
    let Finding::Refuted(witness) = finding(&kinder, view, asking) else {
        return Vec::new();
    };
    let bench = Bench::new(only, &view.scope, &[], asking.semantics);
    let mut evaluation = bench.evaluate(&witness.request);
    evaluation.statements.retain(|s| s.effect == Effect::Deny);
    // Of those that deny this request only some may deny every other one, too.
    let mut always = evaluation.clone();
    always.statements.retain(|deciding| {
        let Some((_, statement)) = super::evidence::find(only, deciding) else {
            return false;
        };
        let with = only.map(|policy| {
            let mut policy = policy.clone();
            let stays = |s: &Statement| s.effect == Effect::Allow || s == statement;
            if !policy.statements.iter().all(stays) {
                policy.to_mut().statements.retain(stays);
            }
            policy
        });
        lets_nothing_through(&with, view, asking)
    });
    match always.statements.is_empty() {
        true => bench.statements(&evaluation),
        false => bench.statements(&always),
    }
}
