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
    assert_eq!(module.items.len(), 41);
    assert!(!format!("{module:?}").contains("Bad"));
}

/// Runs on a stack as small as that of a thread of the standard library.
fn on_a_small_stack(text: String) -> usize {
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let problems = thread.spawn(move || read(&text).2.len());
    problems.unwrap().join().unwrap()
}

#[test]
fn the_deepest_nesting_that_is_read_needs_little_stack() {
    let deepest = |open: &str, close: &str, n: usize| {
        format!("condition c = {}mfa{}", open.repeat(n), close.repeat(n))
    };
    assert_eq!(on_a_small_stack(deepest("(", ")", 64)), 0);
    assert_eq!(on_a_small_stack(deepest("not (", ")", 32)), 0);
    assert_eq!(on_a_small_stack(deepest("not ", "", 64)), 0);
    assert_eq!(on_a_small_stack(deepest("(", ")", 65)), 1);
    let lists = format!("let a = {}{}", "[".repeat(64), "]".repeat(64));
    assert_eq!(on_a_small_stack(lists), 0);
    let units = format!(
        "org A \"o\" {{ {}{} }}",
        "ou B { ".repeat(63),
        "}".repeat(63)
    );
    assert_eq!(on_a_small_stack(units.clone()), 0);
    assert!(on_a_small_stack(units.replace("B { }", "B { x }")) > 0);
}
