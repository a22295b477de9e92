//! A request: who asks for what on which resource, with which condition keys.
//!
//! Both evaluators and every witness speak of requests in this form. Plain data; nothing is judged here.
//! Written as JSON it is the `request` of a scenario of `bailiwick simulate`.

mod context;
mod principal;

use serde::Serialize;

pub use context::{Context, Values, fold_key};
pub use principal::{Identity, Principal, PrincipalType};

use crate::iam::arn::is_account_id;

/// One request for authorisation of one action on one resource.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// The action, `s3:GetObject`; case does not matter.
    pub action: String,
    /// The ARN of the resource, or `*` for actions that act on none.
    pub resource: String,
    /// The account that owns the resource, where its ARN does not say (S3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_account: Option<String>,
    /// The condition keys of the request. What is not in here is absent.
    pub context: Context,
}

impl Request {
    /// The account that owns the resource: the one given, else the one in the ARN, else the principal's own.
    pub fn owner(&self) -> Option<&str> {
        let given = self.resource_account.as_deref();
        given
            .or_else(|| self.resource.split(':').nth(4).filter(|a| is_account_id(a)))
            .or_else(|| self.principal.account())
    }

    /// Keys whose values follow from the principal and the owner, as AWS fills them in.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    pub fn implied_keys(&self) -> Vec<(&'static str, String)> {
        let mut keys = self.principal.implied_keys();
        if let Some(owner) = &self.resource_account {
            keys.push(("aws:ResourceAccount", owner.clone()));
        }
        keys
    }

    /// The same request with the keys of [`Request::implied_keys`] that its context does not hold.
    #[must_use]
    pub fn with_implied_keys(mut self) -> Self {
        for (key, value) in self.implied_keys() {
            if self.context.get(key).is_none() {
                self.context.set(key, Values::One(value));
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_a_scenario_writes_it() {
        let request = Request {
            principal: Principal::Service("s3.amazonaws.com".to_owned()),
            action: "sqs:SendMessage".to_owned(),
            resource: "*".to_owned(),
            resource_account: None,
            context: Context::from_iter([("aws:TagKeys", Values::Many(vec!["a".to_owned()]))]),
        };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"principal":{"service":"s3.amazonaws.com"},"action":"sqs:SendMessage","resource":"*","context":{"aws:TagKeys":["a"]}}"#
        );
    }
}
