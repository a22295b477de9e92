//! Which resource of the plan an attribute refers to, where that is all that it says.
//!
//! A policy that the same plan makes has no ARN yet; the configuration still says whose ARN it will be. References are
//! those of a module to itself: what is handed from module to module is not followed.

use indexmap::IndexMap;

use crate::deployed::view::View;

/// Modules within modules that are followed.
const DEPTH: usize = 32;

/// What the configuration says of resources, by their addresses without keys.
#[derive(Default)]
pub(super) struct References<'v> {
    /// With an attribute: the address that is referred to, as its module writes it.
    targets: IndexMap<(String, &'v str), &'v str>,
    /// The configured provider, which tells accounts and regions apart.
    providers: IndexMap<String, &'v str>,
}

impl<'v> References<'v> {
    /// The references of a plan's configuration; a state has none.
    pub(super) fn of(plan: View<'v>) -> References<'v> {
        let mut found = References::default();
        let root = plan
            .member("configuration")
            .and_then(|c| c.member("root_module"));
        if let Some(root) = root {
            found.module(root, "", 0);
        }
        found
    }

    fn module(&mut self, module: View<'v>, prefix: &str, depth: usize) {
        let resources = module.member("resources").into_iter();
        for resource in resources.flat_map(View::items) {
            let key = resource.text_of("provider_config_key");
            if let (Some(address), Some(key)) = (resource.text_of("address"), key) {
                self.providers.insert(format!("{prefix}{address}"), key);
            }
            let expressions = resource.member("expressions").into_iter();
            for (attribute, expression) in expressions.flat_map(View::members) {
                let (Some(address), Some(target)) =
                    (resource.text_of("address"), only_target(expression))
                else {
                    continue;
                };
                let place = (format!("{prefix}{address}"), attribute);
                self.targets.insert(place, target);
            }
        }
        if depth >= DEPTH {
            return;
        }
        let calls = module.member("module_calls").into_iter();
        for (name, call) in calls.flat_map(View::members) {
            if let Some(inner) = call.member("module") {
                self.module(inner, &format!("{prefix}module.{name}."), depth + 1);
            }
        }
    }

    /// The whole address that an attribute of a resource refers to.
    pub(super) fn target(&self, address: &str, attribute: &str) -> Option<String> {
        let own = without_keys(address);
        let found = self.targets.get(&(own, attribute)).copied()?;
        Some(format!("{}{found}", module_of(address)))
    }

    /// The provider of a resource.
    pub(super) fn provider(&self, address: &str) -> Option<&'v str> {
        self.providers.get(&without_keys(address)).copied()
    }

    /// Whether one of some addresses without keys is that of a resource.
    pub(super) fn is_one_of(&self, address: &str, list: &[&str]) -> bool {
        list.contains(&without_keys(address).as_str())
    }
}

/// `["aws_iam_policy.read.arn", "aws_iam_policy.read"]`: one attribute of one resource. An index gives a third entry.
fn only_target<'v>(expression: View<'v>) -> Option<&'v str> {
    let list = expression.member("references")?;
    let mut all = list.items().map(View::text);
    let (whole, target) = (all.next()??, all.next()??);
    let attribute = whole.strip_prefix(target)?;
    let named = [".arn", ".name", ".id"].contains(&attribute);
    let rest = all.all(|r| r.is_some_and(|r| target.starts_with(r)));
    (named && rest).then_some(target)
}

/// `module.a["x"].aws_iam_role.r[0]` is `module.a.aws_iam_role.r` in the configuration.
fn without_keys(address: &str) -> String {
    let mut out = String::new();
    each_outside_keys(address, |_, c| out.push(c));
    out
}

/// The part of an address that names its module, its dot included.
fn module_of(address: &str) -> &str {
    let mut dots = Vec::new();
    each_outside_keys(address, |at, c| {
        if c == '.' {
            dots.push(at);
        }
    });
    // The last two names are those of the resource; the dot before them ends its module.
    let end = dots.len().checked_sub(2).and_then(|i| dots.get(i));
    end.and_then(|end| address.get(..=*end)).unwrap_or("")
}

/// Keys are texts in which anything may stand, brackets and dots too.
fn each_outside_keys(address: &str, mut see: impl FnMut(usize, char)) {
    let (mut key, mut quoted, mut escaped) = (false, false, false);
    for (at, c) in address.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if key => quoted = !quoted,
            '[' if !quoted => key = true,
            ']' if !quoted => key = false,
            _ if !key => see(at, c),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_hold_anything() {
        let address = r#"module.a["x.y\"]"].module.b[0].aws_iam_role.r["q]"]"#;
        assert_eq!(without_keys(address), "module.a.module.b.aws_iam_role.r");
        assert_eq!(module_of(address), r#"module.a["x.y\"]"].module.b[0]."#);
        assert_eq!(module_of("aws_iam_role.r"), "");
    }
}
