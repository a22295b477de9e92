//! Reasoning about all requests at once.

pub(crate) mod action;
pub(crate) mod address;
pub(crate) mod arn;
pub(crate) mod atom;
pub(crate) mod automaton;
pub(crate) mod base64;
pub(crate) mod budget;
pub(crate) mod compile;
pub(crate) mod formula;
pub(crate) mod glob;
pub(crate) mod instant;
pub(crate) mod interval;
pub(crate) mod keys;
pub(crate) mod links;
pub(crate) mod model;
pub(crate) mod principal;
pub(crate) mod readable;
pub(crate) mod sat;
pub(crate) mod search;
pub(crate) mod solve;
pub(crate) mod subject;
pub(crate) mod text;
pub(crate) mod theory;
pub(crate) mod value;
