//! From `ir` to formulas: conditions, resources and their variables, each test by its own definition.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::address::{Addresses, parse_block};
use super::arn::{self, Crossing};
use super::atom::{
    Atom, Form, Key, KeyId, Link, LinkId, LinkPart, Padding, Reading, Resources, Tables,
};
use super::formula::{Formula, Formulas};
use super::glob::{Glob, Token, uses_private_letters};
use super::instant;
use super::interval::{Decimal, Intervals};
use super::keys::KeyFacts;
use super::value::{Language, decode_base64};
use crate::engine::hashed::IndexMap;
use crate::engine::request::fold_key;
use crate::engine::semantics::{
    BoolVariables, MultivaluedPlain, ResourceCase, ResourceWildcards, Semantics, ShortArns,
    TypeWildcards, UnresolvedNegated, UnresolvedNotResource, VariableValues,
};
use crate::iam::condition::Family;
use crate::iam::pattern::{Part, Pattern, Variable, Variables, Wildcards};
use crate::iam::{BaseOperator, PolicyKind, Qualifier};
use crate::ir::{Condition, Match, Policy, Test};

/// Brings policies into the tables of one question.
pub(crate) struct Compiler<'a> {
    pub(crate) tables: Tables,
    pub(crate) semantics: Semantics,
    facts: &'a dyn KeyFacts,
    /// What the documents use and the engine does not model, if anything: every answer is then unknown.
    pub(crate) unmodelled: Option<&'static str>,
}

/// The values of one test, brought into languages and patterns with variables.
struct Matched {
    language: Option<Language>,
    links: Vec<(LinkId, Vec<Formula>)>,
    /// For each value with variables, the formula that all of them have values.
    resolved: Vec<Formula>,
}

/// A list of resource patterns under a reading.
type Listed = (Vec<String>, Reading);

/// More lists than this are not remembered.
const REMEMBERED: usize = 1024;

thread_local! {
    /// What lists of patterns without variables come to: many questions are about the same documents.
    static KNOWN: RefCell<IndexMap<Listed, Resources>> = RefCell::new(IndexMap::default());
}

/// The resources of a list of plain patterns; `None` if one has variables or letters that are no ASCII.
fn remembered(matched: &Match, reading: Reading) -> Option<Resources> {
    let is_plain = |text: &String| text.is_ascii() && !text.contains('$');
    if matched.patterns.is_empty() || !matched.patterns.iter().all(is_plain) {
        return None;
    }
    let key = (matched.patterns.clone(), reading);
    KNOWN.with_borrow_mut(|known| {
        if let Some(resources) = known.get(&key) {
            return Some(resources.clone());
        }
        let mut globs = Vec::new();
        let mut star = false;
        for text in &matched.patterns {
            if text == "*" {
                globs.push(arn::every_arn());
                star = true;
                continue;
            }
            let pattern = Pattern::parse(text, Wildcards::Active, Variables::Active);
            globs.extend(reading.arns(&Glob::of(&pattern)?));
        }
        // A list that matches nothing is left to the caller.
        let resources = (star || !globs.is_empty()).then(|| tidy(globs, star))?;
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, resources.clone());
        Some(resources)
    })
}

/// The same resources in as few globs as can easily be told.
fn tidy(mut globs: Vec<Glob>, star: bool) -> Resources {
    globs.sort();
    globs.dedup();
    if globs.len() <= 64 {
        globs = super::glob::prune(globs);
    }
    Resources { globs, star }
}

impl<'a> Compiler<'a> {
    /// A compiler with empty tables.
    pub(crate) fn new(semantics: Semantics, facts: &'a dyn KeyFacts) -> Self {
        Compiler {
            tables: Tables::new(),
            semantics,
            facts,
            unmodelled: None,
        }
    }

    /// Learns which keys carry lists; to be called for every policy before any is compiled.
    pub(crate) fn declare(&mut self, policy: &Policy) {
        for statement in &policy.statements {
            self.declare_condition(&statement.condition);
        }
    }

    /// The same for a condition alone.
    pub(crate) fn declare_condition(&mut self, condition: &Condition) {
        match condition {
            Condition::True | Condition::False => {}
            Condition::Test(test) => {
                let folded = fold_key(&test.key);
                let facts = self.facts;
                let id = self.tables.key(&folded, || Key {
                    name: test.key.clone(),
                    multi: test.multi_valued,
                    domain: facts.shape(&folded).into(),
                });
                if test.multi_valued != self.tables.is_multi(id) {
                    self.tables.set_multi(id);
                    self.unmodelled =
                        Some("a key that one test takes as a list and another does not");
                }
            }
            Condition::Not(inner) => self.declare_condition(inner),
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    self.declare_condition(part);
                }
            }
        }
    }

    /// The number of a key.
    pub(crate) fn key(&mut self, name: &str) -> KeyId {
        let folded = fold_key(name);
        let facts = self.facts;
        let id = self.tables.key(&folded, || Key {
            name: name.to_owned(),
            multi: facts.is_multi_valued(&folded) == Some(true),
            domain: facts.shape(&folded).into(),
        });
        if uses_private_letters(name) {
            self.unmodelled = Some("letters of Unicode's private use planes");
        }
        id
    }

    /// The number of a key, if some policy mentions it.
    pub(crate) fn known_key(&self, name: &str) -> Option<KeyId> {
        self.tables.find_key(&fold_key(name))
    }

    /// The key's only value is this text.
    pub(crate) fn equals(&mut self, key: KeyId, value: &str) -> Formula {
        let language = Language::Text(vec![Glob::literal(value)]);
        let language = self.tables.language(language);
        self.tables.atom(Atom::In(key, language))
    }

    /// How patterns of resources are read in a kind of policy.
    pub(crate) fn reading(&self, kind: PolicyKind) -> Reading {
        let padding = match (self.semantics.short_arns, kind) {
            (ShortArns::Literal, _) | (_, PolicyKind::Rcp) => Padding::Never,
            (_, PolicyKind::ResourcePolicy) => Padding::WithStar,
            (_, PolicyKind::Scp) => Padding::EndingInStar,
            _ => Padding::Always,
        };
        Reading {
            crossing: match self.semantics.resource_wildcards {
                ResourceWildcards::Documented => Crossing::Trailing,
                ResourceWildcards::Segment => Crossing::Never,
                ResourceWildcards::WholeString => Crossing::Always,
            },
            padding,
            folded: match self.semantics.resource_case {
                ResourceCase::Service => (2, 3),
                ResourceCase::Head => (0, 5),
                ResourceCase::Exact => (0, 0),
            },
            literal_types: self.semantics.type_wildcards == TypeWildcards::Literal,
        }
    }

    /// The formula that a statement's resources match.
    pub(crate) fn resource(&mut self, matched: &Match, reading: Reading) -> Formula {
        if let Some(known) = remembered(matched, reading) {
            let any = self.resource_atom(known);
            return match matched.negated {
                false => any,
                true => self.tables.formulas.not(any),
            };
        }
        let mut globs = Vec::new();
        let mut star = false;
        let mut alternatives = Vec::new();
        let mut resolved = Vec::new();
        for text in &matched.patterns {
            if text == "*" {
                globs.push(arn::every_arn());
                star = true;
                continue;
            }
            let pattern = self.pattern(text, Wildcards::Active);
            match Glob::of(&pattern) {
                Some(glob) => globs.extend(reading.arns(&glob)),
                None if variable_in_head(&pattern) => {}
                None => {
                    let form = Form::Resource(reading);
                    let (links, known) = self.variants(&pattern, form);
                    resolved.push(known);
                    for (link, guards) in links {
                        let atom = self.tables.atom(Atom::ResourceLink(link));
                        let guarded = guards.into_iter().chain([atom]);
                        alternatives.push(self.tables.formulas.and(guarded));
                    }
                }
            }
        }
        if star || !globs.is_empty() {
            let resources = tidy(globs, star);
            alternatives.push(self.resource_atom(resources));
        }
        let any = self.tables.formulas.or(alternatives);
        if !matched.negated {
            return any;
        }
        let none = self.tables.formulas.not(any);
        match self.semantics.unresolved_not_resource {
            UnresolvedNotResource::ExcludesNothing => none,
            UnresolvedNotResource::Inert => {
                resolved.push(none);
                self.tables.formulas.and(resolved)
            }
        }
    }

    fn resource_atom(&mut self, resources: Resources) -> Formula {
        match resources.star && resources.globs.contains(&arn::every_arn()) {
            true => Formulas::TRUE,
            false => {
                let id = self.tables.resource(resources);
                self.tables.atom(Atom::Resource(id))
            }
        }
    }

    /// The formula of a condition.
    pub(crate) fn condition(&mut self, condition: &Condition) -> Formula {
        match condition {
            Condition::True => Formulas::TRUE,
            Condition::False => Formulas::FALSE,
            Condition::Test(test) => self.test(test),
            Condition::Not(inner) => {
                let inner = self.condition(inner);
                self.tables.formulas.not(inner)
            }
            Condition::All(parts) => {
                let parts: Vec<Formula> = parts.iter().map(|p| self.condition(p)).collect();
                self.tables.formulas.and(parts)
            }
            Condition::Any(parts) => {
                let parts: Vec<Formula> = parts.iter().map(|p| self.condition(p)).collect();
                self.tables.formulas.or(parts)
            }
        }
    }

    fn test(&mut self, test: &Test) -> Formula {
        let key = self.key(&test.key);
        if test.operator.base == BaseOperator::Null {
            return self.null(test, key);
        }
        let matched = self.matched(test);
        let absent = self.tables.atom(Atom::Absent(key));
        let holds = if self.tables.is_multi(key) {
            self.multi(test, key, matched, absent)
        } else {
            self.single(test, key, matched, absent)
        };
        if test.operator.if_exists {
            self.tables.formulas.or([absent, holds])
        } else {
            holds
        }
    }

    fn null(&mut self, test: &Test, key: KeyId) -> Formula {
        match test.operator.qualifier {
            Some(Qualifier::ForAllValues) => return Formulas::TRUE,
            Some(Qualifier::ForAnyValue) => return Formulas::FALSE,
            None => {}
        }
        let missing = self.missing(key);
        let mut parts = Vec::new();
        for value in &test.values {
            if value.eq_ignore_ascii_case("true") {
                parts.push(missing);
            } else if value.eq_ignore_ascii_case("false") {
                parts.push(self.tables.formulas.not(missing));
            }
        }
        self.tables.formulas.or(parts)
    }

    /// The key has no value: it is absent, or an empty list.
    fn missing(&mut self, key: KeyId) -> Formula {
        let absent = self.tables.atom(Atom::Absent(key));
        if self.tables.is_multi(key) {
            let empty = self.tables.atom(Atom::Empty(key));
            self.tables.formulas.or([absent, empty])
        } else {
            absent
        }
    }

    /// A test on a key with one value.
    fn single(&mut self, test: &Test, key: KeyId, matched: Matched, absent: Formula) -> Formula {
        let mut parts = Vec::new();
        if let Some(language) = matched.language {
            let language = self.tables.language(language);
            parts.push(self.tables.atom(Atom::In(key, language)));
        }
        for (link, guards) in matched.links {
            let atom = self.tables.atom(Atom::Linked(key, link));
            parts.push(self.tables.formulas.and(guards.into_iter().chain([atom])));
        }
        let some = self.tables.formulas.or(parts);
        let present = self.tables.formulas.not(absent);
        if !test.operator.base.is_negated() {
            return match test.operator.qualifier {
                Some(Qualifier::ForAllValues) => self.tables.formulas.or([absent, some]),
                _ => self.tables.formulas.and([present, some]),
            };
        }
        let none = self.tables.formulas.not(some);
        let none = self.unless_unresolved(none, absent, matched.resolved);
        match test.operator.qualifier {
            Some(Qualifier::ForAnyValue) => self.tables.formulas.and([present, none]),
            _ => self.tables.formulas.or([absent, none]),
        }
    }

    /// X2: under one reading a negated operator fails when a variable among its values has no value.
    fn unless_unresolved(
        &mut self,
        holds: Formula,
        missing: Formula,
        resolved: Vec<Formula>,
    ) -> Formula {
        match self.semantics.unresolved_negated {
            UnresolvedNegated::Holds => holds,
            UnresolvedNegated::Fails => {
                let all = self.tables.formulas.and(resolved);
                let settled = self.tables.formulas.or([missing, all]);
                self.tables.formulas.and([holds, settled])
            }
        }
    }

    /// A test on a key with a list of values.
    fn multi(&mut self, test: &Test, key: KeyId, matched: Matched, absent: Formula) -> Formula {
        let negated = test.operator.base.is_negated();
        let missing = self.missing(key);
        let plain = self.semantics.multivalued_plain;
        if test.operator.qualifier.is_none() && plain == MultivaluedPlain::Never {
            return if negated { missing } else { Formulas::FALSE };
        }
        let all = test.operator.qualifier == Some(Qualifier::ForAllValues)
            || test.operator.qualifier.is_none() && negated;
        // ForAllValues: no value fails. ForAnyValue: some value passes.
        let inside = negated == all;
        let some = self.some(key, matched.language, matched.links, inside);
        let holds = if all {
            self.tables.formulas.not(some)
        } else {
            some
        };
        let _ = absent;
        if negated {
            self.unless_unresolved(holds, missing, matched.resolved)
        } else {
            holds
        }
    }

    /// Some value of the list is matched, or is not matched.
    fn some(
        &mut self,
        key: KeyId,
        language: Option<Language>,
        links: Vec<(LinkId, Vec<Formula>)>,
        inside: bool,
    ) -> Formula {
        let language = language.map(|l| self.tables.language(l));
        if inside {
            let mut parts = Vec::new();
            if language.is_some() {
                parts.push(self.tables.atom(Atom::Some {
                    key,
                    language,
                    links: Vec::new(),
                    inside,
                }));
            }
            for (link, guards) in links {
                let atom = self.tables.atom(Atom::Some {
                    key,
                    language: None,
                    links: vec![link],
                    inside,
                });
                parts.push(self.tables.formulas.and(guards.into_iter().chain([atom])));
            }
            return self.tables.formulas.or(parts);
        }
        if links.iter().any(|(_, guards)| !guards.is_empty()) {
            self.unmodelled = Some("a variable with a default under a qualifier");
        }
        let links = links.into_iter().map(|(link, _)| link).collect();
        self.tables.atom(Atom::Some {
            key,
            language,
            links,
            inside,
        })
    }

    /// Brings the values of a test into a language, and those with variables into patterns.
    fn matched(&mut self, test: &Test) -> Matched {
        let base = test.operator.base;
        let mut out = Matched {
            language: None,
            links: Vec::new(),
            resolved: Vec::new(),
        };
        match base.family() {
            Family::String | Family::Arn => self.matched_text(test, &mut out),
            Family::Bool => {
                let globs: Vec<Glob> = test
                    .values
                    .iter()
                    .map(|v| v.to_ascii_lowercase())
                    .filter(|v| v == "true" || v == "false")
                    .map(|v| Glob::literal(&v).folded())
                    .collect();
                if self.semantics.bool_variables == BoolVariables::Substituted
                    && test.values.iter().any(|v| v.contains("${"))
                {
                    self.unmodelled = Some("a variable as a value of `Bool`");
                }
                out.language = (!globs.is_empty()).then_some(Language::Text(globs));
            }
            Family::Numeric => {
                let set = intervals(base, test.values.iter().filter_map(|v| Decimal::parse(v)));
                out.language = set.map(Language::Number);
            }
            Family::Date => {
                let set = intervals(base, test.values.iter().filter_map(|v| instant::parse(v)));
                out.language = set.map(Language::Date);
            }
            Family::Ip => {
                let blocks = test.values.iter().filter_map(|v| parse_block(v));
                let set = blocks.map(Addresses::block).reduce(|a, b| a.union(&b));
                out.language = set.map(Language::Ip);
            }
            Family::Binary => {
                let bytes = test.values.iter().filter_map(|v| decode_base64(v));
                let set: BTreeSet<Vec<u8>> = bytes.collect();
                out.language = (!set.is_empty()).then_some(Language::Binary(set));
            }
            Family::Null => {}
        }
        out
    }

    fn matched_text(&mut self, test: &Test, out: &mut Matched) {
        use BaseOperator as Op;
        let (wildcards, form) = match test.operator.base {
            Op::StringLike | Op::StringNotLike => (Wildcards::Active, Form::Text),
            Op::StringEqualsIgnoreCase | Op::StringNotEqualsIgnoreCase => {
                (Wildcards::Literal, Form::Folded)
            }
            Op::StringEquals | Op::StringNotEquals => (Wildcards::Literal, Form::Text),
            _ => (Wildcards::Active, Form::Arn),
        };
        let mut globs = Vec::new();
        for value in &test.values {
            let pattern = self.pattern(value, wildcards);
            match Glob::of(&pattern) {
                Some(glob) => match form {
                    Form::Folded => globs.push(glob.folded()),
                    Form::Arn => globs.extend(arn::rectangles(&glob.0, Crossing::Never)),
                    _ => globs.push(glob),
                },
                None => {
                    let (links, known) = self.variants(&pattern, form);
                    out.links.extend(links);
                    out.resolved.push(known);
                }
            }
        }
        globs.sort();
        globs.dedup();
        out.language = (!globs.is_empty()).then(|| match form {
            Form::Arn => Language::Arn(super::glob::prune(globs)),
            _ => Language::Text(super::glob::prune(globs)),
        });
    }

    fn pattern(&mut self, text: &str, wildcards: Wildcards) -> Pattern {
        if uses_private_letters(text) {
            self.unmodelled = Some("letters of Unicode's private use planes");
        }
        Pattern::parse(text, wildcards, Variables::Active)
    }

    /// The ways to give the variables of a pattern values, each with the conditions under which it applies, and
    /// the formula that there is one.
    fn variants(
        &mut self,
        pattern: &Pattern,
        form: Form,
    ) -> (Vec<(LinkId, Vec<Formula>)>, Formula) {
        if self.semantics.variable_values == VariableValues::Active {
            self.unmodelled = Some("variables whose values are patterns");
        }
        let mut ways: Vec<(Vec<LinkPart>, Vec<Formula>)> = vec![(Vec::new(), Vec::new())];
        let mut resolved = Vec::new();
        for part in pattern.parts() {
            match part {
                Part::Text(text) => {
                    extend(
                        &mut ways,
                        text.chars().map(|c| LinkPart::Token(Token::Char(c))),
                    );
                }
                Part::Star => extend(&mut ways, [LinkPart::Token(Token::Star)]),
                Part::Question => extend(&mut ways, [LinkPart::Token(Token::One)]),
                Part::Variable(variable) => {
                    let has = self.variable(variable, &mut ways);
                    resolved.push(has);
                }
            }
        }
        let resolved = self.tables.formulas.and(resolved);
        let links = ways
            .into_iter()
            .map(|(parts, guards)| (self.tables.link(Link { parts, form }), guards))
            .collect();
        (links, resolved)
    }

    /// Puts a variable at the end of every way; gives the formula that it has a value.
    fn variable(
        &mut self,
        variable: &Variable,
        ways: &mut Vec<(Vec<LinkPart>, Vec<Formula>)>,
    ) -> Formula {
        let key = self.key(&variable.key);
        let has = if self.tables.is_multi(key) {
            Formulas::FALSE
        } else {
            self.has_value(key)
        };
        let lacks = self.tables.formulas.not(has);
        let before = std::mem::take(ways);
        for (parts, guards) in before {
            if has != Formulas::FALSE {
                let mut with = (parts.clone(), guards.clone());
                with.0.push(LinkPart::Value(key));
                ways.push(with);
            }
            if let Some(default) = &variable.default {
                let mut with = (parts, guards);
                with.0
                    .extend(default.chars().map(|c| LinkPart::Token(Token::Char(c))));
                if lacks != Formulas::TRUE {
                    with.1.push(lacks);
                }
                ways.push(with);
            }
        }
        match variable.default {
            Some(_) => Formulas::TRUE,
            None => has,
        }
    }

    /// The key is there and its value is not the empty text.
    pub(crate) fn has_value(&mut self, key: KeyId) -> Formula {
        let empty = self.tables.language(Language::Text(vec![Glob::default()]));
        let absent = self.tables.atom(Atom::Absent(key));
        let empty = self.tables.atom(Atom::In(key, empty));
        let lacks = self.tables.formulas.or([absent, empty]);
        self.tables.formulas.not(lacks)
    }
}

fn extend(
    ways: &mut [(Vec<LinkPart>, Vec<Formula>)],
    parts: impl IntoIterator<Item = LinkPart> + Clone,
) {
    for (way, _) in ways {
        way.extend(parts.clone());
    }
}

fn variable_in_head(pattern: &Pattern) -> bool {
    let mut colons = 0;
    for part in pattern.parts() {
        match part {
            Part::Text(text) => colons += text.matches(':').count(),
            Part::Variable(_) if colons < arn::FIELDS - 1 => return true,
            _ => {}
        }
    }
    false
}

fn intervals(base: BaseOperator, values: impl Iterator<Item = Decimal>) -> Option<Intervals> {
    use BaseOperator as Op;
    use Ordering::{Equal, Greater, Less};
    let orders: &[Ordering] = match base {
        Op::NumericLessThan | Op::DateLessThan => &[Less],
        Op::NumericLessThanEquals | Op::DateLessThanEquals => &[Less, Equal],
        Op::NumericGreaterThan | Op::DateGreaterThan => &[Greater],
        Op::NumericGreaterThanEquals | Op::DateGreaterThanEquals => &[Equal, Greater],
        _ => &[Equal],
    };
    values
        .map(|v| Intervals::compared(&v, orders))
        .reduce(|a, b| a.union(&b))
}
