//! The condition keys of a request and their values.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// The values of a key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Values {
    /// A single value.
    One(String),
    /// A list; an empty one is a key that is present without a value.
    Many(Vec<String>),
}

impl Values {
    /// The values as a slice.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Values::One(value) => std::slice::from_ref(value),
            Values::Many(values) => values,
        }
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Values::One(value) => serializer.serialize_str(value),
            Values::Many(values) => values.serialize(serializer),
        }
    }
}

/// The condition keys of a request. Names are compared without regard to case, tag keys included.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Context {
    entries: BTreeMap<String, (String, Values)>,
}

/// The form under which names of condition keys are compared.
pub fn fold_key(key: &str) -> String {
    key.to_lowercase()
}

impl Context {
    /// Sets a key, replacing what it had under any spelling.
    pub fn set(&mut self, key: impl Into<String>, values: Values) {
        let key = key.into();
        self.entries.insert(fold_key(&key), (key, values));
    }

    /// The values of a key; `None` if it is absent.
    pub fn get(&self, key: &str) -> Option<&Values> {
        self.get_folded(&fold_key(key))
    }

    /// The values of a key whose name has been through [`fold_key`] already.
    pub fn get_folded(&self, folded: &str) -> Option<&Values> {
        self.entries.get(folded).map(|(_, values)| values)
    }

    /// Makes a key absent.
    pub fn remove(&mut self, key: &str) {
        self.entries.remove(&fold_key(key));
    }

    /// The keys as they were spelled, in the order of their folded names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.entries.values().map(|(name, v)| (name.as_str(), v))
    }
}

impl<K: Into<String>> FromIterator<(K, Values)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, Values)>>(entries: I) -> Self {
        let mut context = Context::default();
        for (key, values) in entries {
            context.set(key, values);
        }
        context
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_keys_fold_and_absent_is_not_empty() {
        let mut context = Context::default();
        context.set("aws:RequestTag/Team", Values::Many(vec![]));
        assert_eq!(
            context.get("AWS:requesttag/TEAM"),
            Some(&Values::Many(vec![]))
        );
        assert_eq!(context.get("aws:RequestTag/Cost"), None);
        context.remove("aws:requesttag/team");
        assert_eq!(context, Context::default());
    }
}
