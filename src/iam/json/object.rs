//! Reading objects of known members, and what to say of names that are none.

use super::{Fault, MAX_FAULTS, Member, Node, Path, Value};

/// An object whose members are known by name.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    members: &'a [Member],
}

impl<'a> Object<'a> {
    /// Takes a node as an object; other values and members of unknown names are faults. `what` says what it is,
    /// with its article.
    pub fn open(
        node: &'a Node,
        what: &str,
        known: &[&str],
        path: &Path<'_>,
        faults: &mut Vec<Fault>,
    ) -> Option<Object<'a>> {
        let Value::Map(members) = &node.value else {
            let message = format!("found {}", node.value.described());
            let expected = format!("{what}, which is an object");
            push(faults, Fault::new(node.at, path, message, expected));
            return None;
        };
        for member in members.iter().filter(|m| !known.contains(&m.name.as_str())) {
            let message = unknown_name("member", &member.name, known);
            let expected = format!("one of {}", known.join(", "));
            push(faults, Fault::new(member.name_at, path, message, expected));
        }
        Some(Object { members })
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&'a Node> {
        self.members
            .iter()
            .find(|m| m.name == name)
            .map(|m| &m.node)
    }
}

/// Adds a fault unless there are many already.
pub fn push(faults: &mut Vec<Fault>, fault: Fault) {
    if faults.len() < MAX_FAULTS {
        faults.push(fault);
    }
}

/// Says that a name is none of the known ones, and which was probably meant.
pub fn unknown_name(what: &str, name: &str, known: &[&str]) -> String {
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!(" (did you mean `{near}`?)"),
        None => String::new(),
    };
    format!("unknown {what} `{name}`{hint}")
}

/// The known name that is nearest to a text; none if none is near.
pub fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > 64 {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&text, &name.to_ascii_lowercase());
    let best = known.into_iter().min_by_key(|name| distance(name))?;
    (distance(best) <= 1 + best.len() / 4).then_some(best)
}
