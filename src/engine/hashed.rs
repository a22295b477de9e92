//! Maps and sets that keep the order of insertion, with a hash that is quick on the short keys of the engine. Nothing
//! depends on the hash but the time.

use foldhash::fast::RandomState;

/// An [`indexmap::IndexMap`] with a quick hash.
pub(crate) type IndexMap<K, V> = indexmap::IndexMap<K, V, RandomState>;

/// An [`indexmap::IndexSet`] with a quick hash.
pub(crate) type IndexSet<T> = indexmap::IndexSet<T, RandomState>;
