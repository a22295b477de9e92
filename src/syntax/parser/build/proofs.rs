//! Proofs and tests.

use pest::iterators::Pairs;

use super::{Builder, Node, Rule};
use crate::source::Spanned;
use crate::syntax::ast::{
    Access, Claim, Prove, ProveSubject, ProveSubjectKind, Setting, TestDecl, TestLine,
    TestLineKind, Verdict,
};

impl<'i> Builder<'i> {
    /// `prove …`
    pub(super) fn prove(&mut self, node: Node<'i>) -> Option<Prove> {
        let node = node.into_inner().last()?;
        let rule = node.as_rule();
        let inner = node.into_inner();
        let subjects = inner
            .clone()
            .filter(|p| p.as_rule() == Rule::prove_subject)
            .map(|p| self.prove_subject(p))
            .collect::<Option<_>>()?;
        let access = match inner.clone().find(|p| p.as_rule() == Rule::access) {
            Some(access) => Some(self.access(access)?),
            None => None,
        };
        let claim = match rule {
            Rule::only => Claim::Only {
                subjects,
                access: access?,
            },
            Rule::no_path if inner.clone().any(|p| p.as_rule() == Rule::unbounded) => {
                Claim::Bounded {
                    from: subjects.into_iter().next()?,
                }
            }
            Rule::no_path => {
                let mut ends = subjects.into_iter();
                Claim::NoPath {
                    from: ends.next()?,
                    to: ends.next()?,
                }
            }
            Rule::about => self.about(subjects.into_iter().next()?, access, inner)?,
            _ => return None,
        };
        Some(Prove { claim })
    }

    fn about(
        &mut self,
        subject: ProveSubject,
        access: Option<Access>,
        mut inner: Pairs<'i, Rule>,
    ) -> Option<Claim> {
        match access {
            Some(access) => Some(Claim::Access {
                subject,
                verdict: self.verdict(inner.find(|p| p.as_rule() == Rule::verdict)?),
                access,
            }),
            None => Some(Claim::Within {
                subject,
                limit: self.call(inner.find(|p| p.as_rule() == Rule::call)?)?,
            }),
        }
    }

    fn verdict(&self, node: Node<'i>) -> Spanned<Verdict> {
        let verdict = match node.as_str() {
            "can" => Verdict::Can,
            _ => Verdict::Cannot,
        };
        Spanned::new(verdict, self.span(&node))
    }

    fn access(&mut self, node: Node<'i>) -> Option<Access> {
        let inner = node.into_inner();
        let guard = self.guard(inner.clone())?;
        let (mut actions, mut resources) = (None, None);
        for part in inner {
            match part.as_rule() {
                Rule::actions => actions = Some(self.actions(part)?),
                Rule::on_clause => resources = Some(self.on_clause(part)?),
                _ => {}
            }
        }
        Some(Access {
            actions: actions?,
            resources,
            guard,
        })
    }

    fn prove_subject(&mut self, node: Node<'i>) -> Option<ProveSubject> {
        let span = self.span(&node);
        let inner = node.into_inner().next()?;
        let kind = match inner.as_rule() {
            Rule::every_subject => self.every_subject(inner)?,
            _ => {
                let (path, place) = self.name_in(inner)?;
                ProveSubjectKind::One { path, place }
            }
        };
        Some(ProveSubject { kind, span })
    }

    fn every_subject(&mut self, node: Node<'i>) -> Option<ProveSubjectKind> {
        let (mut what, mut place) = (None, None);
        let mut except = Box::default();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::ident => what = Some(self.ident(&part)),
                Rule::path => place = Some(self.path(part)),
                Rule::every_except => except = self.paths(part.into_inner()),
                _ => {}
            }
        }
        let what = what?;
        Some(ProveSubjectKind::Every {
            what,
            place,
            except,
        })
    }

    /// `test "…" { … }`
    pub(super) fn test(&mut self, node: Node<'i>) -> Option<TestDecl> {
        let mut inner = node.into_inner();
        let mut test = self.test_head(inner.next()?)?;
        for part in inner.filter(|p| p.as_rule() == Rule::test_line) {
            test.lines.push(self.test_line(part)?);
        }
        Some(test)
    }

    /// Everything up to the brace.
    pub(in super::super) fn test_head(&mut self, node: Node<'i>) -> Option<TestDecl> {
        Some(TestDecl {
            name: self.ident_of(node, Rule::string)?,
            lines: Vec::new(),
        })
    }

    /// One line of a test.
    pub(in super::super) fn test_line(&mut self, node: Node<'i>) -> Option<TestLine> {
        let span = self.span(&node);
        let line = node.into_inner().next()?;
        let kind = match line.as_rule() {
            Rule::given => self.given(line)?,
            _ => self.expect(line)?,
        };
        Some(TestLine { kind, span })
    }

    fn given(&mut self, node: Node<'i>) -> Option<TestLineKind> {
        let inner = node.into_inner();
        let principal = inner.clone().find(|p| p.as_rule() == Rule::principal);
        let principal = match principal {
            Some(node) => Some(self.principal(node)?),
            None => None,
        };
        Some(TestLineKind::Given {
            principal,
            context: self.settings(inner)?,
        })
    }

    fn expect(&mut self, node: Node<'i>) -> Option<TestLineKind> {
        let (mut verdict, mut actions, mut resources) = (None, None, None);
        let mut with = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::verdict => verdict = Some(self.verdict(part)),
                Rule::actions => actions = Some(self.actions(part)?),
                Rule::on_clause => resources = Some(self.on_clause(part)?),
                Rule::test_with => with = self.settings(part.into_inner())?,
                _ => {}
            }
        }
        Some(TestLineKind::Expect {
            verdict: verdict?,
            actions: actions?,
            resources,
            with,
        })
    }

    fn settings(&mut self, nodes: Pairs<'i, Rule>) -> Option<Vec<Setting>> {
        let settings = nodes.filter(|p| p.as_rule() == Rule::setting);
        settings
            .map(|setting| {
                let span = self.span(&setting);
                let mut inner = setting.into_inner();
                let subject = self.subject(inner.next()?.into_inner().next()?)?;
                let value = self.expr(inner.last()?)?;
                Some(Setting {
                    subject,
                    value,
                    span,
                })
            })
            .collect()
    }
}
