//! Trust lines: the STS action that fits each principal, and what an identity provider's token has to say.

use crate::check::hir::{self, Block, Claims, GitHubReference, PrincipalKind, ProviderKind, Trust};
use crate::iam::document::{Principal, PrincipalKind as Kind, Principals};
use crate::iam::pattern::Wildcards;
use crate::iam::{BaseOperator, Effect, Operator, Pattern, PolicyKind};
use crate::ir::{Audience, Condition, Match, Origin, Policy, PrincipalMatch, Statement, Test};
use crate::resolve::DefId;
use crate::source::Span;

use super::ground::Ground;
use super::scope::{Arguments, Scope};
use super::sid::pascal;
use super::statement::Frame;

/// Principals that share an STS action and what is demanded of their tokens.
struct Group {
    sid: String,
    action: &'static str,
    principals: Vec<Option<Principal>>,
    tokens: Condition,
}

impl Scope<'_> {
    /// The trust policy of a role.
    pub(super) fn trust(&self, block: &Block, arguments: &Arguments) -> Policy {
        let frame = Frame {
            resource: None,
            everyone: false,
        };
        let lines = block
            .trusts
            .iter()
            .flat_map(|t| self.trust_line(t, arguments));
        let written = block.trust_statements.iter();
        let statements = lines
            .chain(written.map(|s| self.statement_alone(s, arguments, &frame)))
            .collect();
        Policy {
            kind: PolicyKind::Trust,
            name: block.aws_name.clone(),
            statements,
            details: crate::ir::Details::default(),
            origin: self.origin([block.span]),
        }
    }

    fn trust_line(&self, trust: &Trust, arguments: &Arguments) -> Vec<Statement> {
        let guard = self.guard(&trust.guard, arguments);
        let mut groups: Vec<Group> = Vec::new();
        for principal in &trust.principals {
            let found = self.principal(principal, arguments);
            for (action, principals) in by_action(found, principal) {
                let tokens = self.tokens(principal, arguments);
                match groups
                    .iter_mut()
                    .find(|g| g.action == action && g.tokens == tokens)
                {
                    Some(group) => group.principals.extend(principals),
                    None => groups.push(Group {
                        sid: self.trust_sid(principal, arguments),
                        action,
                        principals,
                        tokens,
                    }),
                }
            }
        }
        groups
            .into_iter()
            .map(|group| trust_statement(trust, group, &guard, self.origin([trust.span])))
            .collect()
    }

    /// What the token of a federated principal has to say: the audience, and the claims that were given.
    fn tokens(&self, principal: &hir::Principal, arguments: &Arguments) -> Condition {
        match &principal.kind {
            PrincipalKind::Saml(_) => equals(
                BaseOperator::StringEquals,
                "SAML:aud",
                vec![self.saml_audience()],
                principal.span,
            ),
            PrincipalKind::Oidc { provider, claims } => {
                self.claims(*provider, claims, arguments, principal.span)
            }
            _ => Condition::True,
        }
    }

    fn claims(
        &self,
        provider: DefId,
        claims: &Claims,
        arguments: &Arguments,
        span: Span,
    ) -> Condition {
        let Some(ProviderKind::Oidc { url, audience, .. }) =
            self.checked.provider(provider).map(|p| &p.kind)
        else {
            return Condition::True;
        };
        let audience = equals(
            BaseOperator::StringEquals,
            &format!("{url}:aud"),
            vec![audience.clone()],
            span,
        );
        let subjects = self.subjects(claims, arguments);
        if subjects.is_empty() {
            return audience;
        }
        let wild = subjects.iter().any(|s| {
            s.parts()
                .iter()
                .any(|p| !matches!(p, crate::iam::Part::Text(_)))
        });
        let (operator, wildcards) = if wild {
            (BaseOperator::StringLike, Wildcards::Active)
        } else {
            (BaseOperator::StringEquals, Wildcards::Literal)
        };
        let subjects = subjects.iter().map(|s| s.to_iam(wildcards)).collect();
        Condition::all([
            audience,
            equals(operator, &format!("{url}:sub"), subjects, span),
        ])
    }

    /// The patterns of `sub`, as GitHub and Kubernetes make them.
    ///
    /// <https://docs.github.com/actions/reference/security/oidc>,
    /// <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    fn subjects(&self, claims: &Claims, arguments: &Arguments) -> Vec<Pattern> {
        match claims {
            Claims::None => Vec::new(),
            Claims::Subject(value) => self.patterns(value, arguments),
            Claims::GitHub {
                repository,
                reference,
            } => {
                let tails: Vec<Pattern> = match reference {
                    GitHubReference::Any => vec![star()],
                    GitHubReference::Branch(value) => {
                        self.prefixed("ref:refs/heads/", value, arguments)
                    }
                    GitHubReference::Tag(value) => {
                        self.prefixed("ref:refs/tags/", value, arguments)
                    }
                    GitHubReference::Environment(value) => {
                        self.prefixed("environment:", value, arguments)
                    }
                    GitHubReference::PullRequest => vec![Pattern::literal("pull_request")],
                };
                let repositories = self.prefixed("repo:", repository, arguments);
                product(&repositories, ":", &tails)
            }
            Claims::Eks {
                namespace,
                service_account,
            } => {
                let namespaces = self.prefixed("system:serviceaccount:", namespace, arguments);
                product(&namespaces, ":", &self.patterns(service_account, arguments))
            }
        }
    }

    fn patterns(&self, value: &hir::Value, arguments: &Arguments) -> Vec<Pattern> {
        let pattern = |ground: Ground| match ground {
            Ground::Text(pattern) => pattern,
            other => Pattern::literal(&other.as_text()),
        };
        self.values(value, arguments)
            .into_iter()
            .map(pattern)
            .collect()
    }

    fn prefixed(&self, prefix: &str, value: &hir::Value, arguments: &Arguments) -> Vec<Pattern> {
        product(
            &[Pattern::literal(prefix)],
            "",
            &self.patterns(value, arguments),
        )
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml.html>
    fn saml_audience(&self) -> String {
        let host = match self.place.partition.as_str() {
            "aws-cn" => "signin.amazonaws.cn",
            "aws-us-gov" => "signin.amazonaws-us-gov.com",
            _ => "signin.aws.amazon.com",
        };
        format!("https://{host}/saml")
    }

    /// The name of an account of the project, the id of another.
    fn account_name(&self, id: &str) -> String {
        let mut nodes = self.plans.values().map(|plan| plan.node);
        let found = nodes.find(|node| node.id.as_deref() == Some(id));
        found.map_or_else(|| id.to_owned(), |node| node.name.clone())
    }

    fn trust_sid(&self, principal: &hir::Principal, arguments: &Arguments) -> String {
        let name = match &principal.kind {
            PrincipalKind::Declared { block, .. } => {
                self.checked.block(*block).map(|b| b.name.clone())
            }
            PrincipalKind::Oidc { provider, .. } | PrincipalKind::Saml(provider) => {
                self.checked.provider(*provider).map(|p| p.name.clone())
            }
            PrincipalKind::Account(value) => {
                let ids = self.values(value, arguments);
                ids.first().map(|id| self.account_name(&id.as_text()))
            }
            PrincipalKind::Service(value) => self
                .values(value, arguments)
                .first()
                .map(|v| v.as_text().split('.').next().unwrap_or("").to_owned()),
            PrincipalKind::Anyone => Some("Anyone".to_owned()),
            _ => None,
        };
        format!("Trust{}", pascal(&name.unwrap_or_default()))
    }
}

/// Whom a role is for, where it does not say: people, if people can come in by themselves.
pub(super) fn audience(block: &Block) -> Audience {
    let people = |p: &hir::Principal| match &p.kind {
        PrincipalKind::Account(_)
        | PrincipalKind::Saml(_)
        | PrincipalKind::Arn(_)
        | PrincipalKind::Anyone => true,
        PrincipalKind::Parameter(_) | PrincipalKind::Let(_) | PrincipalKind::Federated(_) => false,
        PrincipalKind::Declared { .. }
        | PrincipalKind::Service(_)
        | PrincipalKind::Oidc { .. }
        | PrincipalKind::CanonicalUser(_) => false,
    };
    block.audience.unwrap_or_else(|| {
        let allowed = block.trust_statements.iter();
        let allowed = allowed.filter(|s| s.effect == Effect::Allow);
        let written = allowed
            .filter_map(|s| s.principals.as_ref())
            .flat_map(|p| &p.list);
        let mut all = block
            .trusts
            .iter()
            .flat_map(|t| &t.principals)
            .chain(written);
        let any = all.any(people);
        if any {
            Audience::People
        } else {
            Audience::Workload
        }
    })
}

/// Which call assumes a role for each principal.
fn by_action(
    principals: Vec<Option<Principal>>,
    written: &hir::Principal,
) -> Vec<(&'static str, Vec<Option<Principal>>)> {
    let mut groups: Vec<(&'static str, Vec<Option<Principal>>)> = Vec::new();
    for principal in principals {
        let action = match (&written.kind, &principal) {
            (PrincipalKind::Saml(_), _) => "sts:AssumeRoleWithSAML",
            (_, Some(p)) if p.kind == Kind::Federated && p.value.contains(":saml-provider/") => {
                "sts:AssumeRoleWithSAML"
            }
            (_, Some(p)) if p.kind == Kind::Federated => "sts:AssumeRoleWithWebIdentity",
            _ => "sts:AssumeRole",
        };
        match groups.iter_mut().find(|(a, _)| *a == action) {
            Some((_, list)) => list.push(principal),
            None => groups.push((action, vec![principal])),
        }
    }
    groups
}

fn trust_statement(trust: &Trust, group: Group, guard: &Condition, origin: Origin) -> Statement {
    let mut actions = vec![group.action.to_owned()];
    if trust.tag_session {
        actions.push("sts:TagSession".to_owned());
    }
    if trust.source_identity {
        actions.push("sts:SetSourceIdentity".to_owned());
    }
    let mut named: Vec<Principal> = Vec::new();
    let everyone = group.principals.iter().any(Option::is_none);
    for principal in group.principals.into_iter().flatten() {
        if !named.contains(&principal) {
            named.push(principal);
        }
    }
    let principals = if everyone {
        Principals::Everyone
    } else {
        Principals::Named(named)
    };
    Statement {
        sid: Some(group.sid),
        effect: Effect::Allow,
        principal: Some(PrincipalMatch {
            negated: false,
            principals,
        }),
        action: Match::any(actions),
        resource: None,
        condition: Condition::all([group.tokens, guard.clone()]),
        origin,
    }
}

fn equals(base: BaseOperator, key: &str, values: Vec<String>, span: Span) -> Condition {
    let operator = Operator::plain(base);
    Condition::Test(Test {
        operator,
        key: key.to_owned(),
        multi_valued: false,
        values,
        span: Some(span),
    })
}

fn star() -> Pattern {
    let mut pattern = Pattern::default();
    pattern.push(crate::iam::Part::Star);
    pattern
}

/// Each of the first followed by each of the last.
fn product(firsts: &[Pattern], between: &str, lasts: &[Pattern]) -> Vec<Pattern> {
    let join = |first: &Pattern, last: &Pattern| {
        let mut joined = first.clone();
        joined.push(crate::iam::Part::Text(between.to_owned()));
        last.parts()
            .iter()
            .cloned()
            .for_each(|part| joined.push(part));
        joined
    };
    firsts
        .iter()
        .flat_map(|f| lasts.iter().map(move |l| join(f, l)))
        .collect()
}
