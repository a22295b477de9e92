//! AWS's service authorization data: actions, resource types, condition keys, managed policies.
