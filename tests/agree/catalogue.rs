//! Requests of the catalogue's world over the universe: actions on resources that they take, with keys that they carry.

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::{Principal, Request, Values};

use crate::universe::{Dice, KEYS, request};

/// A resource with the type that it is of.
type Taken = (&'static str, Option<&'static str>);

/// Resources that actions take.
const TAKEN: &[(&str, &[Taken])] = &[
    (
        "s3:GetObject",
        &[
            ("arn:aws:s3:::b/k", Some("object")),
            ("arn:aws:s3:::b/alice/k", Some("object")),
            ("arn:aws:s3:::ab/c:d", Some("object")),
        ],
    ),
    (
        "s3:PutObject",
        &[
            ("arn:aws:s3:::b/k", Some("object")),
            ("arn:aws:s3:::b/b/k", Some("object")),
        ],
    ),
    (
        "s3:GetBucketAcl",
        &[
            ("arn:aws:s3:::b", Some("bucket")),
            ("arn:aws:s3:::ab", Some("bucket")),
        ],
    ),
    (
        "sqs:SendMessage",
        &[
            ("arn:aws:sqs:eu-west-1:111122223333:q", Some("queue")),
            ("arn:aws:sqs:us-east-1:111122223333:ab", Some("queue")),
        ],
    ),
];

/// A request that AWS could send today; its keys follow from who asks.
pub(crate) fn known_request(dice: &mut Dice, caller: &Principal, action: &str) -> Request {
    let catalogue = Catalogue::embedded();
    let (_, taken) = TAKEN.iter().find(|(name, _)| *name == action).unwrap();
    let (resource, on) = dice.pick(taken);
    let (service, entry) = catalogue.action(action).unwrap();
    let mut request = request(dice, caller);
    request.action = action.to_owned();
    request.resource = (*resource).to_owned();
    for spec in KEYS {
        if !catalogue.carries_key(service, entry, *on, spec.name) {
            request.context.remove(spec.name);
        }
    }
    as_asked(request, caller)
}

/// The request with the keys that follow from the caller, as questions about effective permission have them.
pub(crate) fn as_asked(mut request: Request, caller: &Principal) -> Request {
    for (key, value) in request.implied_keys() {
        request.context.set(key, Values::One(value));
    }
    if !matches!(caller, Principal::User(_)) {
        request.context.remove("aws:username");
    }
    request
}
