//! The name of an element within a document, written only when a fault needs it.

use std::fmt;

/// A step into a document, linked to the step before it.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// The whole text.
    pub const ROOT: Path<'static> = Path {
        parent: None,
        step: Step::Root,
    };

    /// A member whose name is fixed: `.Action`.
    pub fn name(&'a self, name: &'a str) -> Path<'a> {
        self.then(Step::Name(name))
    }

    /// A member whose name is data: `["aws:SourceIp"]`.
    pub fn key(&'a self, key: &'a str) -> Path<'a> {
        self.then(Step::Key(key))
    }

    /// A member of a list, from 0: `[2]`.
    pub fn index(&'a self, index: usize) -> Path<'a> {
        self.then(Step::Index(index))
    }

    fn then(&'a self, step: Step<'a>) -> Path<'a> {
        Path {
            parent: Some(self),
            step,
        }
    }

    fn is_root(&self) -> bool {
        matches!(self.step, Step::Root)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Name(name) if self.parent.is_none_or(Path::is_root) => f.write_str(name),
            Step::Name(name) => write!(f, ".{name}"),
            Step::Key(key) => write!(f, "[\"{}\"]", key.escape_debug()),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn is_written_as_one_would_write_it() {
        let statements = Path::ROOT.name("Statement");
        let statement = statements.index(2);
        let condition = statement.name("Condition");
        let key = condition.key("aws:\"x");
        assert_eq!(key.to_string(), "Statement[2].Condition[\"aws:\\\"x\"]");
        assert_eq!(Path::ROOT.to_string(), "");
    }
}
