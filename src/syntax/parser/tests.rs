//! Tests of the parser by the trees it makes.

use crate::source::SourceMap;
use crate::syntax::ast::Module;
use crate::syntax::{Trivia, parse};

fn read(text: &str) -> (Module, Trivia, Vec<String>) {
    let mut map = SourceMap::default();
    let id = map.add("a.bw", text);
    let (module, trivia, diagnostics) = parse(id, text);
    let shown = diagnostics.iter().map(|d| d.message.clone()).collect();
    (module, trivia, shown)
}

fn good(text: &str) -> Module {
    let (module, _, problems) = read(text);
    assert_eq!(problems, Vec::<String>::new(), "{text}");
    module
}

#[test]
fn every_construct_is_read() {
    let text = include_str!("../../../tests/corpus/ok/syntax/everything.bw");
    let module = good(text);
    assert_eq!(module.docs, ["Every construct of docs/language.md once."]);
    assert_eq!(module.items.len(), 40);
    assert!(!format!("{module:?}").contains("Bad"));
}
