//! What was found, written for people, pull requests and programs.
//!
//! In: plain data of the stages below. Out: text. Nothing is judged here; each format is a leaf over the same words.

pub mod ask;
pub mod diff;
pub mod github;
pub mod junit;
pub mod phrase;
pub mod sarif;
