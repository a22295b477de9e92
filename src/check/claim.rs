//! `prove` and `test`: the names and types in them. What they claim is for the engine.

use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::{self, BlockKind, NodeKind, ProveSubjectKind, TestLineKind};
use crate::types::Type;

use super::context::Checker;
use super::hir::{Access, Claim, Expectation, Proof, Setting, Subject, Test, Value};
use super::messages;

const IDENTITIES: [BlockKind; 4] = [
    BlockKind::Role,
    BlockKind::User,
    BlockKind::Group,
    BlockKind::PermissionSet,
];
const PLACES: [NodeKind; 3] = [NodeKind::Org, NodeKind::Ou, NodeKind::Account];

impl Checker<'_> {
    /// Checks a `prove`; `None` if what it speaks of could not be read.
    pub(super) fn proof(&mut self, prove: &ast::Prove, span: Span) -> Option<Proof> {
        let claim = match &prove.claim {
            ast::Claim::Access {
                subject,
                verdict,
                access,
            } => {
                let subject = self.prove_subject(subject);
                let access = self.access(access);
                Claim::Access {
                    subject: subject?,
                    verdict: verdict.value,
                    access,
                }
            }
            ast::Claim::Within { subject, limit } => {
                let subject = self.prove_subject(subject);
                let kinds = [BlockKind::Boundary, BlockKind::Policy];
                let found = self.block_of_kind(&limit.path, &kinds, "a boundary or policy")?;
                let arguments = self.arguments(found, &limit.args, limit.span);
                Claim::Within {
                    subject: subject?,
                    limit: found,
                    arguments,
                }
            }
            ast::Claim::Only { subjects, access } => {
                let subjects: Vec<Option<Subject>> =
                    subjects.iter().map(|s| self.prove_subject(s)).collect();
                let access = self.access(access);
                Claim::Only {
                    subjects: subjects.into_iter().collect::<Option<_>>()?,
                    access,
                }
            }
            ast::Claim::Bounded { from } => Claim::Bounded {
                from: self.prove_subject(from)?,
            },
            ast::Claim::NoPath { from, to } => {
                let (from, to) = (self.prove_subject(from), self.prove_subject(to));
                Claim::NoPath {
                    from: from?,
                    to: to?,
                }
            }
        };
        Some(Proof { claim, span })
    }

    fn access(&mut self, access: &ast::Access) -> Access {
        let (resources, kinds) = match &access.resources {
            Some(resources) => {
                let (values, kinds) = self.resources(resources);
                (Some(values), kinds)
            }
            None => (None, Vec::new()),
        };
        let actions = self.actions(&access.actions, &kinds);
        Access {
            actions,
            resources,
            guard: self.guard(&access.guard),
        }
    }

    fn prove_subject(&mut self, subject: &ast::ProveSubject) -> Option<Subject> {
        match &subject.kind {
            ProveSubjectKind::One { path, place } => {
                let place = self.place(place.as_ref());
                let block =
                    self.block_of_kind(path, &IDENTITIES, "a role, user, group or permission set")?;
                Some(Subject::One { block, place })
            }
            ProveSubjectKind::Every {
                what,
                place,
                except,
            } => {
                let kinds = match what.value.as_str() {
                    "role" => vec![BlockKind::Role],
                    "user" => vec![BlockKind::User],
                    "group" => vec![BlockKind::Group],
                    "permission_set" => vec![BlockKind::PermissionSet],
                    "identity" => IDENTITIES.to_vec(),
                    _ => {
                        self.report(messages::unknown_subject(what));
                        return None;
                    }
                };
                let place = self.place(place.as_ref());
                let except: Vec<DefId> = except
                    .iter()
                    .filter_map(|p| self.block_of_kind(p, &IDENTITIES, "an identity"))
                    .collect();
                Some(Subject::Every {
                    kinds,
                    place,
                    except,
                })
            }
        }
    }

    fn place(&mut self, path: Option<&ast::Path>) -> Option<DefId> {
        path.and_then(|p| self.node_of_kind(p, &PLACES, "an organisation, a unit or an account"))
    }

    /// Checks a `test`.
    pub(super) fn test(&mut self, test: &ast::TestDecl, span: Span) -> Test {
        let mut out = Test {
            name: self.plain_text(&test.name),
            principal: None,
            context: Vec::new(),
            expectations: Vec::new(),
            span,
        };
        for line in &test.lines {
            match &line.kind {
                TestLineKind::Given { principal, context } => {
                    if let Some(principal) = principal {
                        if out.principal.is_some() {
                            self.report(messages::second_principal(principal.span));
                        }
                        out.principal = self.principal(principal);
                    }
                    let settings = self.settings(context);
                    out.context.extend(settings);
                }
                TestLineKind::Expect {
                    verdict,
                    actions,
                    resources,
                    with,
                } => {
                    let (resources, kinds) = match resources {
                        Some(resources) => {
                            let (values, kinds) = self.resources(resources);
                            (Some(values), kinds)
                        }
                        None => (None, Vec::new()),
                    };
                    let actions = self.actions(actions, &kinds);
                    let with = self.settings(with);
                    let verdict = verdict.value;
                    out.expectations.push(Expectation {
                        verdict,
                        actions,
                        resources,
                        with,
                        span: line.span,
                    });
                }
                TestLineKind::Bad => {}
            }
        }
        let has_bad = test
            .lines
            .iter()
            .any(|l| matches!(l.kind, TestLineKind::Bad));
        let has_given = test.lines.iter().any(|l| {
            matches!(
                l.kind,
                TestLineKind::Given {
                    principal: Some(_),
                    ..
                }
            )
        });
        if !has_given && !has_bad {
            self.report(messages::test_without_principal(&out.name, test.name.span));
        }
        if out.expectations.is_empty() && !has_bad {
            self.report(messages::test_without_expectation(
                &out.name,
                test.name.span,
            ));
        }
        out
    }

    fn settings(&mut self, settings: &[ast::Setting]) -> Vec<Setting> {
        let mut out: Vec<Setting> = Vec::new();
        for setting in settings {
            let Some(key) = self.subject(&setting.subject) else {
                self.value(&setting.value);
                continue;
            };
            let expected = type_of_key(key.key_type);
            let value: Value = self.value_as(&setting.value, &expected);
            if let (ast::ExprKind::List(_), false) = (&setting.value.kind, key.multi_valued) {
                self.report(messages::list_for_single_value(
                    &key.name,
                    setting.value.span,
                ));
            }
            if out.iter().any(|s| s.key == key.name) {
                self.report(messages::setting_twice(&key.name, setting.span));
            }
            out.push(Setting {
                key: key.name,
                value,
            });
        }
        out
    }
}

fn type_of_key(key: crate::catalogue::KeyType) -> Type {
    use crate::catalogue::KeyType as K;
    match key {
        K::String | K::Binary => Type::Text,
        K::Arn => Type::Arn,
        K::Bool => Type::Bool,
        K::Numeric => Type::Number,
        K::Date => Type::Instant,
        K::IpAddress => Type::Cidr,
    }
}
