//! The written program: its tree, its comments, and the parser that makes both.

pub mod ast;
