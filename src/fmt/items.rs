//! A module and its items.

use super::printer::{Printer, STEP, Wanted};
use crate::layout::Flat;
use crate::syntax::ast::{
    Access, Claim, ConditionDecl, Item, ItemKind, Let, Module, ProveSubject, ProveSubjectKind,
    Provider, ProviderKind, Setting, TestDecl, TestLine, TestLineKind, Use, Verdict,
};

impl Printer<'_> {
    pub(super) fn module(&mut self, module: &Module) {
        for doc in &module.docs {
            self.start_line(0, Wanted::AsWritten);
            self.doc_line("//!", doc);
        }
        let mut previous: Option<&Item> = None;
        for item in &module.items {
            let wanted = match previous {
                Some(previous) if !groups(&previous.kind, &item.kind) => Wanted::Blank,
                None if !module.docs.is_empty() => Wanted::Blank,
                _ => Wanted::AsWritten,
            };
            self.before(&item.docs, &item.waivers, item.span, wanted);
            self.item(item);
            self.end_at(item.span.end);
            previous = Some(item);
        }
    }

    fn item(&mut self, item: &Item) {
        self.doc.mark();
        match &item.kind {
            ItemKind::Use(item) => self.use_item(item),
            ItemKind::Let(item) => self.let_item(item),
            ItemKind::Condition(item) => self.condition(item),
            ItemKind::Block(block) => self.block(block, item.span),
            ItemKind::Provider(provider) => self.provider(provider, item),
            ItemKind::Node(node) => self.node(node, item.span),
            ItemKind::Prove(prove) => {
                self.text("prove ");
                self.claim(&prove.claim, item.span.end);
            }
            ItemKind::Test(test) => self.test(test, item),
            ItemKind::Bad => self.verbatim(item.span),
        }
    }

    fn use_item(&mut self, item: &Use) {
        self.text("use ");
        self.path(&item.path);
        if let Some(members) = &item.members {
            let place = |m: &crate::syntax::ast::UseMember| {
                m.alias
                    .as_ref()
                    .map_or(m.name.span, |a| m.name.span.to(a.span))
            };
            let last = members.last().map_or(item.path.span, place);
            let end = self.end_of_brackets(last.end);
            self.brackets(
                (".{", Flat::Empty, "}"),
                end,
                members,
                place,
                |p, member| {
                    p.ident(&member.name);
                    if let Some(alias) = &member.alias {
                        p.text(" as ");
                        p.ident(alias);
                    }
                },
            );
        }
        if let Some(alias) = &item.alias {
            self.text(" as ");
            self.ident(alias);
        }
    }

    fn let_item(&mut self, item: &Let) {
        self.text("let ");
        self.ident(&item.name);
        if let Some(ty) = &item.ty {
            self.text(": ");
            self.verbatim(ty.span);
        }
        self.text(" = ");
        self.expr(&item.value);
    }

    fn condition(&mut self, item: &ConditionDecl) {
        self.text("condition ");
        self.ident(&item.name);
        self.params(&item.params);
        self.text(" =");
        self.doc.open();
        self.doc.indent(STEP);
        self.line(Flat::Space, item.body.span.start);
        self.aligned(&item.body);
        self.doc.dedent(STEP);
        self.doc.close();
    }

    fn provider(&mut self, provider: &Provider, item: &Item) {
        match &provider.kind {
            ProviderKind::Saml { provider: name } => {
                self.text("saml ");
                self.ident(&provider.name);
                self.text(" ");
                self.verbatim(name.span);
            }
            ProviderKind::Oidc {
                flavour,
                url,
                audience,
            } => {
                self.text("oidc ");
                self.ident(&provider.name);
                self.text(" ");
                self.ident(flavour);
                self.text(" ");
                let mut lines: Vec<_> = [("url", url), ("audience", audience)]
                    .into_iter()
                    .filter_map(|(word, text)| text.as_ref().map(|text| (word, text)))
                    .collect();
                lines.sort_by_key(|(_, text)| text.span);
                self.braces(flavour.span.end, item.span, lines.is_empty(), |p| {
                    for (word, text) in lines {
                        p.comments_until(text.span.start);
                        p.start_line(text.span.start, Wanted::AsWritten);
                        p.word_and(word, text);
                        p.end_at(text.span.end);
                    }
                });
            }
        }
    }

    fn claim(&mut self, claim: &Claim, end: u32) {
        match claim {
            Claim::Access {
                subject,
                verdict,
                access,
            } => {
                self.prove_subject(subject);
                self.text(" ");
                self.text(verdict_word(verdict.value));
                self.access(access);
            }
            Claim::Within { subject, limit } => {
                self.prove_subject(subject);
                self.text(" within ");
                self.call(limit);
            }
            Claim::Only { subjects, access } => {
                self.text("only ");
                let last = subjects.last().map_or(end, |s| s.span.end);
                let last = self.end_of_brackets(last);
                let signs = ("[", Flat::Empty, "]");
                self.brackets(signs, last, subjects, |s| s.span, Self::prove_subject);
                self.text(" can");
                self.access(access);
            }
            Claim::Bounded { from } => {
                self.text("no path from ");
                self.prove_subject(from);
                self.text(" to an unbounded role");
            }
            Claim::NoPath { from, to } => {
                self.text("no path from ");
                self.prove_subject(from);
                self.text(" to ");
                self.prove_subject(to);
            }
        }
    }

    fn prove_subject(&mut self, subject: &ProveSubject) {
        match &subject.kind {
            ProveSubjectKind::One { path, place } => self.name_in(path, place.as_ref()),
            ProveSubjectKind::Every {
                what,
                place,
                except,
            } => {
                self.text("every ");
                self.name_of_kind(what, place.as_ref());
                let written_to = place.as_ref().map_or(what.span.end, |p| p.span.end);
                if subject.span.end > written_to {
                    self.text(" except ");
                    let signs = ("[", Flat::Empty, "]");
                    self.brackets(signs, subject.span.end, except, |p| p.span, Self::path);
                }
            }
        }
    }

    fn name_of_kind(
        &mut self,
        what: &crate::syntax::ast::Ident,
        place: Option<&crate::syntax::ast::Path>,
    ) {
        self.ident(what);
        if let Some(place) = place {
            self.text(" in ");
            self.path(place);
        }
    }

    fn access(&mut self, access: &Access) {
        self.before_clauses(|p| p.actions(&access.actions));
        if let Some(resources) = &access.resources {
            self.clause("on", resources.span.start, |p| p.resources(resources));
        }
        self.guard(&access.guard);
    }

    fn test(&mut self, test: &TestDecl, item: &Item) {
        self.word_and("test", &test.name);
        self.text(" ");
        self.braces(test.name.span.end, item.span, test.lines.is_empty(), |p| {
            for line in &test.lines {
                p.before(&[], &[], line.span, Wanted::AsWritten);
                p.test_line(line);
                p.end_at(line.span.end);
            }
        });
    }

    fn test_line(&mut self, line: &TestLine) {
        self.doc.mark();
        match &line.kind {
            TestLineKind::Given { principal, context } => {
                self.text("given");
                let starts = principal.iter().map(|p| p.span.start);
                let starts: Vec<u32> = starts.chain(context.iter().map(|s| s.span.start)).collect();
                let (mut principal, mut context) = (principal.as_ref(), context.iter());
                self.elements(&starts, |p| match principal.take() {
                    Some(principal) => p.principal(principal),
                    None => {
                        if let Some(setting) = context.next() {
                            p.setting(setting);
                        }
                    }
                });
            }
            TestLineKind::Expect {
                verdict,
                actions,
                resources,
                with,
            } => {
                self.text(verdict_word(verdict.value));
                self.before_clauses(|p| p.actions(actions));
                if let Some(resources) = resources {
                    self.clause("on", resources.span.start, |p| p.resources(resources));
                }
                if let Some(first) = with.first() {
                    self.clause("with", first.span.start, |p| p.settings(with));
                }
            }
            TestLineKind::Bad => self.verbatim(line.span),
        }
    }

    fn settings(&mut self, settings: &[Setting]) {
        self.commas(settings, |s| s.span, Self::setting);
    }

    fn setting(&mut self, setting: &Setting) {
        self.subject(&setting.subject);
        self.text(" = ");
        self.expr(&setting.value);
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Can => "can",
        Verdict::Cannot => "cannot",
    }
}

/// Whether two items may stand without an empty line between them.
fn groups(above: &ItemKind, below: &ItemKind) -> bool {
    matches!(
        (above, below),
        (ItemKind::Use(_), ItemKind::Use(_))
            | (ItemKind::Let(_), ItemKind::Let(_))
            | (ItemKind::Condition(_), ItemKind::Condition(_))
            | (ItemKind::Prove(_), ItemKind::Prove(_))
            | (ItemKind::Provider(_), ItemKind::Provider(_))
    )
}
