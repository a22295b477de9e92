//! Where the parts of a document stand.

use crate::iam::json::Extent;

/// The places of a document's parts, in the order of the document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origins {
    /// The document.
    pub document: Extent,
    /// The value of `Version`, if it is there.
    pub version: Option<Extent>,
    /// One entry a statement.
    pub statements: Vec<StatementOrigins>,
}

/// The places of a statement's parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementOrigins {
    /// The statement, braces included.
    pub statement: Extent,
    /// Its elements, in the order of the text.
    pub elements: Vec<ElementOrigin>,
    /// The entries of its `Condition`, in the order of the text.
    pub tests: Vec<TestOrigin>,
}

/// The place of an element of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ElementOrigin {
    /// `Effect`, `Action` …
    pub element: &'static str,
    /// From its name to the end of its value.
    pub at: Extent,
    /// Its values, in the order in which the document holds them.
    pub values: Vec<Extent>,
}

/// The place of one key under one operator of a `Condition`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestOrigin {
    /// The name of the operator.
    pub operator: Extent,
    /// From the key to the end of its values.
    pub at: Extent,
    /// Its values.
    pub values: Vec<Extent>,
}

impl StatementOrigins {
    /// The place of an element, if the statement has it.
    pub fn element(&self, name: &str) -> Option<&ElementOrigin> {
        self.elements.iter().find(|e| e.element == name)
    }
}
