//! Questions: `can`, `who-can`, `access`. A question is a claim that nobody has made yet: it falls apart into the same
//! views and is answered by the same engine, and beside the answer stands what decides it.
//!
//! In: whom and what it is about, as `lower` reads claims. Out: plain data for `report`.

mod access;
mod can;
mod evidence;
mod model;
mod placed;
mod who;

pub use access::{Access, Row, access};
pub use can::can;
pub use model::{Answer, Block, Need, Place, Sector, Shown, Statement, Verdict};
pub use who::{Holder, WhoCan, who_can};

use super::view::Ground;
use crate::access::Identity;

/// The identities of a project that a name or an ARN stands for; a session's ARN stands for its role.
pub fn called<'e, 'a>(name: &str, estate: &'e crate::access::Estate<'a>) -> Vec<&'e Identity<'a>> {
    let role = session_role(name);
    let wanted = role.as_deref().unwrap_or(name);
    let all = estate.identities().iter();
    all.filter(|i| i.name == wanted || i.arn() == wanted)
        .collect()
}

/// The names that could have been meant.
pub fn names<'e>(estate: &'e crate::access::Estate<'_>) -> Vec<&'e str> {
    let mut names: Vec<&str> = estate.identities().iter().map(|i| i.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// `arn:aws:sts::111122223333:assumed-role/Reader/alice` is a session of `arn:aws:iam::111122223333:role/Reader`.
fn session_role(arn: &str) -> Option<String> {
    let (head, rest) = arn.split_once(":assumed-role/")?;
    let (role, _) = rest.rsplit_once('/')?;
    Some(format!(
        "{}:role/{role}",
        head.replacen(":sts:", ":iam:", 1)
    ))
}

/// Name and id of an identity's account.
fn account_of(identity: &Identity<'_>, ground: &Ground<'_, '_>) -> (String, String) {
    let account = ground.estate.account(identity.account).map(|a| a.account);
    account
        .map(|a| (a.name.clone(), a.id.clone()))
        .unwrap_or_default()
}
