//! The request as the evaluator looks at it: folded once, and keeping account of the keys that were missed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::net::IpAddr;

use crate::engine::request::{Request, Values};
use crate::engine::semantics::{ResourceCase, Semantics};
use crate::iam::Variable;

/// A key of the request by its name as written and as compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) folded: String,
}

impl Key {
    pub(super) fn new(name: &str) -> Key {
        Key {
            name: name.to_owned(),
            folded: crate::engine::request::fold_key(name),
        }
    }
}

/// A request under evaluation.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    /// The action in lower case.
    pub(super) action: Cow<'a, str>,
    /// The resource, folded where the semantics compare without regard to case.
    pub(super) resource: Cow<'a, str>,
    missing: RefCell<Vec<&'a str>>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(request: &'a Request, semantics: &Semantics) -> Asked<'a> {
        let has_upper = |text: &str| text.bytes().any(|b| b.is_ascii_uppercase());
        let action = match has_upper(&request.action) {
            true => Cow::Owned(request.action.to_ascii_lowercase()),
            false => Cow::Borrowed(request.action.as_str()),
        };
        Asked {
            request,
            action,
            resource: fold_resource(&request.resource, semantics.resource_case),
            missing: RefCell::new(Vec::new()),
        }
    }

    /// The values of a key; an absent one is noted.
    pub(super) fn values(&self, key: &'a Key) -> Option<&'a Values> {
        let values = self.request.context.get_folded(&key.folded);
        if values.is_none() {
            self.missing.borrow_mut().push(&key.name);
        }
        values
    }

    /// What a variable stands for; a key that is absent, empty or has a list of values stands for its default.
    pub(super) fn resolve(&self, key: &'a Key, variable: &'a Variable) -> Option<&'a str> {
        match self.values(key) {
            Some(Values::One(value)) if !value.is_empty() => Some(value),
            _ => variable.default.as_deref(),
        }
    }

    /// The keys that were asked for and not given, each once, sorted without regard to case.
    pub(super) fn into_missing(self) -> Vec<String> {
        let mut missing = self.missing.into_inner();
        missing.sort_by_key(|name| (name.to_lowercase(), *name));
        missing.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        missing.into_iter().map(str::to_owned).collect()
    }
}

/// Whether the field behind `colons` colons of a resource is compared without regard to case.
pub(super) fn folds_field(case: ResourceCase, colons: usize) -> bool {
    match case {
        ResourceCase::Service => colons == 2,
        ResourceCase::Head => colons < 5,
        ResourceCase::Exact => false,
    }
}

fn fold_resource(resource: &str, case: ResourceCase) -> Cow<'_, str> {
    let head = resource.splitn(6, ':').enumerate().take(5);
    let mut folding = head.filter(|(colons, _)| folds_field(case, *colons));
    if !folding.any(|(_, field)| field.bytes().any(|b| b.is_ascii_uppercase())) {
        return Cow::Borrowed(resource);
    }
    let fields = resource.splitn(6, ':').enumerate().map(|(colons, field)| {
        match folds_field(case, colons) {
            true => field.to_ascii_lowercase(),
            false => field.to_owned(),
        }
    });
    Cow::Owned(fields.collect::<Vec<_>>().join(":"))
}

/// A value of the request as an address.
pub(super) fn as_address(value: &str) -> Option<IpAddr> {
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_the_fields_that_the_semantics_name() {
        let arn = "ARN:aws:S3:R:A:B:C";
        assert_eq!(
            fold_resource(arn, ResourceCase::Service),
            "ARN:aws:s3:R:A:B:C"
        );
        assert_eq!(fold_resource(arn, ResourceCase::Head), "arn:aws:s3:r:a:B:C");
        assert_eq!(fold_resource(arn, ResourceCase::Exact), arn);
        assert_eq!(fold_resource("*", ResourceCase::Head), "*");
    }
}
