//! Findings about names as people see them, and the bindings that come out.

use super::*;
use crate::diagnostic::{Code, Severity};
use crate::source::SourceMap;
use crate::syntax::{ast, parse};

struct Project {
    map: SourceMap,
    resolved: Resolved,
    diagnostics: Vec<Diagnostic>,
}

/// Each module is a name and a text; names that start with `std.` are the library's.
fn project(modules: &[(&str, &str)]) -> Project {
    let mut map = SourceMap::default();
    let mut inputs = Vec::new();
    for (name, text) in modules {
        let id = map.add(format!("{}.bw", name.replace('.', "/")), *text);
        let (ast, _, problems) = parse(id, text);
        assert_eq!(problems, Vec::new(), "{name}");
        let library = match name.starts_with("std.") {
            true => Library::Std,
            false => Library::User,
        };
        let name = name.split('.').map(str::to_owned).collect();
        inputs.push(ModuleInput { name, library, ast });
    }
    let (resolved, diagnostics) = resolve(inputs);
    Project {
        map,
        resolved,
        diagnostics,
    }
}

impl Project {
    fn place(&self, span: Span) -> String {
        let (path, at) = self.map.locate(span).unwrap();
        format!("{path}:{}:{}", at.line, at.column)
    }

    /// One line a finding: place, code, message, then labels, help and fix.
    fn findings(&self) -> Vec<String> {
        self.diagnostics.iter().map(|d| self.line(d)).collect()
    }

    fn line(&self, d: &Diagnostic) -> String {
        let primary = d.primary.as_ref().unwrap();
        let mut line = format!(
            "{} {}: {}",
            self.place(primary.span),
            d.code.as_str(),
            d.message
        );
        for label in &d.secondary {
            line += &format!(" [{} {}]", self.place(label.span), label.message);
        }
        if let Some(help) = &d.help {
            line += &format!(" | {help}");
        }
        if let Some(fix) = &d.fix {
            let old = self.map.text(fix.span);
            line += &format!(" | {old:?} -> {:?}", fix.replacement);
        }
        line
    }

    /// What every path stands for, in source order: `text=Binding`.
    fn bindings(&self, module: usize) -> Vec<String> {
        let mut paths = Vec::new();
        let tree = &self.resolved.modules()[module].ast;
        mentioned_paths(tree, |path| paths.push(path));
        paths.sort_by_key(|p| p.span);
        let uses = |p: &&ast::Path| {
            let is_use =
                |i: &ast::Item| matches!(&i.kind, ast::ItemKind::Use(u) if u.path.span == p.span);
            !tree.items.iter().any(is_use)
        };
        let shown = |p: &ast::Path| {
            let binding = match self.resolved.binding(p) {
                Binding::Definition { id, rest } => {
                    format!("{}+{rest}", self.resolved.qualified_name(id))
                }
                Binding::Parameter { index, rest } => format!("#{index}+{rest}"),
                Binding::Phrase => "phrase".to_owned(),
                Binding::Unresolved => "?".to_owned(),
            };
            format!("{}={binding}", self.map.text(p.span))
        };
        paths.into_iter().filter(uses).map(shown).collect()
    }

    /// The texts after all fixes.
    fn fixed(&self) -> Vec<(String, String)> {
        let mut fixes: Vec<_> = self.diagnostics.iter().flat_map(|d| &d.fix).collect();
        fixes.sort_by_key(|f| std::cmp::Reverse(f.span));
        let mut out = Vec::new();
        for (id, source) in self.map.iter() {
            let mut text = source.text.clone();
            for fix in fixes.iter().filter(|f| f.span.source == id) {
                text.replace_range(fix.span.range(), &fix.replacement);
            }
            let name = source.path.trim_end_matches(".bw").replace('/', ".");
            out.push((name, text));
        }
        out
    }
}

#[track_caller]
fn finds(modules: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(project(modules).findings(), expected);
}

/// Applying the fixes leaves nothing to find.
#[track_caller]
fn fix_mends(modules: &[(&str, &str)]) {
    let broken = project(modules);
    assert!(broken.diagnostics.iter().any(|d| d.fix.is_some()));
    let fixed = broken.fixed();
    let fixed: Vec<(&str, &str)> = fixed.iter().map(|(n, t)| (&n[..], &t[..])).collect();
    assert_eq!(
        project(&fixed).findings(),
        Vec::<String>::new(),
        "{fixed:?}"
    );
}

const NETWORK: (&str, &str) = (
    "network",
    "let office: cidr = 203.0.113.0/24\ncondition inside = source ip in office\n",
);

#[test]
fn every_way_to_name_a_thing() {
    let modules = [
        NETWORK,
        (
            "payments.roles",
            "use network
use network.office as hq
use network.{inside, office}
let settled = s3:bucket \"b\"
condition from(ips: cidr = office) = source ip in ips and network.inside and inside
policy Read(bucket: s3:bucket, office: text) {
  allow read on bucket.object, settled.object, settled when mfa and source ip in hq
  allow read on settled when from(office)
}
role Reader { include payments.roles.Read(settled, network.office) trust account Prod when tls
  trust role Reader in Prod }
org Acme \"o-a1b2c3d4e5\" { ou Work { account Prod \"111111111111\" { deploy Reader } } }
",
        ),
    ];
    let project = project(&modules);
    assert_eq!(project.findings(), Vec::<String>::new());
    assert_eq!(
        project.bindings(1),
        [
            "office=network.office+0",
            "ips=#0+0",
            "network.inside=network.inside+0",
            "inside=network.inside+0",
            "bucket.object=#0+1",
            "settled.object=payments.roles.settled+1",
            "settled=payments.roles.settled+0",
            "mfa=phrase",
            "hq=network.office+0",
            "settled=payments.roles.settled+0",
            "from=payments.roles.from+0",
            "office=#1+0",
            "payments.roles.Read=payments.roles.Read+0",
            "settled=payments.roles.settled+0",
            "network.office=network.office+0",
            "Prod=payments.roles.Prod+0",
            "tls=phrase",
            "Reader=payments.roles.Reader+0",
            "Prod=payments.roles.Prod+0",
            "Reader=payments.roles.Reader+0",
        ]
    );
}

#[test]
fn every_path_of_every_construct_is_bound_or_complained_about() {
    let text = include_str!("../../tests/corpus/ok/syntax/everything.bw");
    let project = project(&[("everything", text)]);
    let mut paths = 0;
    mentioned_paths(&project.resolved.modules()[0].ast, |_| paths += 1);
    assert!(paths > 80, "{paths}");
    for binding in project.bindings(0) {
        if let Some(name) = binding.strip_suffix("=?") {
            let first = name.split('.').next().unwrap();
            let said = |d: &Diagnostic| d.message.contains(first);
            let imported = ["network", "Reader", "https", "mfa"].contains(&first);
            assert!(imported || project.diagnostics.iter().any(said), "{name}");
        }
    }
}

#[test]
fn trees_are_found_again() {
    let project = project(&[(
        "org",
        "/// Top.\norg Acme \"o-a1b2c3d4e5\" {\n  regions [\"eu-west-1\"]\n  /// Work.\n  ou Work {\n\
         account Prod \"111111111111\" {}\n account Test \"222222222222\" {}\n }\n}\nlet a = 1\n",
    )]);
    let resolved = &project.resolved;
    let names: Vec<String> = resolved
        .definitions()
        .map(|d| {
            let node = resolved.node(d.id).map(|n| n.name.value.as_str());
            let above: Vec<String> = resolved
                .ancestors(d.id)
                .map(|a| resolved.qualified_name(a))
                .collect();
            format!(
                "{} {node:?} {above:?} {:?}",
                d.name.value,
                resolved.docs(d.id)
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            r#"Acme Some("Acme") [] ["Top."]"#,
            r#"Work Some("Work") ["org.Acme"] ["Work."]"#,
            r#"Prod Some("Prod") ["org.Work", "org.Acme"] []"#,
            r#"Test Some("Test") ["org.Work", "org.Acme"] []"#,
            r#"a None [] []"#,
        ]
    );
    let work = resolved.find(&["org"], "Work").unwrap();
    assert!(resolved.item(work).is_none() && resolved.node_member(work).is_some());
    assert!(
        resolved
            .let_(resolved.find(&["org"], "a").unwrap())
            .is_some()
    );
}

#[test]
fn unknown_modules_and_members() {
    finds(
        &[
            NETWORK,
            (
                "a",
                "use netwrok.{office}\nuse network.{ofice}\nuse warehouse\nuse network.insde\nlet x = office\n",
            ),
            (
                "b",
                "let x = network.offce\nlet y = std.guardrials.X\nlet z = network\n",
            ),
            ("std.guardrails", "scp X {}"),
        ],
        &[
            "a.bw:1:5 unknown-module: there is no module `netwrok` | did you mean `network`? | \"netwrok\" -> \"network\"",
            "a.bw:2:14 unknown-member: `network` declares no `ofice` | did you mean `office`? | \"ofice\" -> \"office\"",
            "a.bw:3:5 unknown-module: there is no module `warehouse`",
            "a.bw:4:13 unknown-member: `network` declares no `insde` | did you mean `inside`? | \"insde\" -> \"inside\"",
            "b.bw:1:17 unknown-member: `network` declares no `offce` | did you mean `office`? | \"offce\" -> \"office\"",
            "b.bw:2:9 unknown-module: there is no module `std.guardrials` | did you mean `std.guardrails`? | \"std.guardrials\" -> \"std.guardrails\"",
            "b.bw:3:9 module-as-value: `network` is a module, not something in one | name a member of it, as in `network.office`",
        ],
    );
}

#[test]
fn unknown_names() {
    finds(
        &[
            NETWORK,
            (
                "a",
                "use network.{inside}
let settled = s3:bucket \"b\"
policy Read(bucket: s3:bucket) { allow reed, s3:Get* on buket when insde and mfs and offfice }
role R { include Raed(office) trust account Tols }
account Tools \"111111111111\" { deploy settled.x.y, R.x }
",
            ),
        ],
        &[
            "a.bw:1:14 unused-import: `inside` is imported and never used | \"use network.{inside}\" -> \"\"",
            "a.bw:3:40 unknown-name: no action or list of actions called `reed` is known here | did you mean `read`? | \"reed\" -> \"read\"",
            "a.bw:3:57 unknown-name: nothing called `buket` is known here | did you mean `bucket`? | \"buket\" -> \"bucket\"",
            "a.bw:3:68 unknown-name: no condition called `insde` is known here | did you mean `inside`? | \"insde\" -> \"inside\"",
            "a.bw:3:78 unknown-name: no condition called `mfs` is known here | did you mean `mfa`? | \"mfs\" -> \"mfa\"",
            "a.bw:3:86 unknown-name: no condition called `offfice` is known here",
            "a.bw:4:18 unknown-name: no policy called `Raed` is known here | did you mean `Read`? | \"Raed\" -> \"Read\"",
            "a.bw:4:23 unknown-name: `office` is neither declared nor imported here | it is declared in module `network`: add `use network.{office}` | \"\" -> \"\\nuse network.{office}\"",
            "a.bw:4:45 unknown-name: no organisation, unit or account called `Tols` is known here | did you mean `Tools`? | \"Tols\" -> \"Tools\"",
            "a.bw:5:54 unknown-member: `R` has no member `x` [a.bw:4:6 declared here, as role]",
        ],
    );
}

#[test]
fn a_name_of_several_modules_is_not_chosen_for_anybody() {
    finds(
        &[
            ("a", "let office = 1"),
            ("b", "let office = 1"),
            ("c", "let x = office"),
        ],
        &[
            "c.bw:1:9 unknown-name: `office` is neither declared nor imported here | \
           it is declared in `a`, `b`: add `use MODULE.{office}` for the one you mean",
        ],
    );
}

#[test]
fn fixes_mend() {
    fix_mends(&[NETWORK, ("a", "use netwrok.{office}\nlet x = office\n")]);
    fix_mends(&[NETWORK, ("a", "let x = office\n")]);
    fix_mends(&[
        NETWORK,
        (
            "a",
            "use network.{inside}\nlet x = office\ncondition c = inside\n",
        ),
    ]);
    fix_mends(&[
        NETWORK,
        ("a", "use network.{office, inside as i}\nlet x = office\n"),
    ]);
    fix_mends(&[
        NETWORK,
        ("a", "use network.{office}\nuse network as n\nlet x = 1\n"),
    ]);
    fix_mends(&[
        NETWORK,
        ("b", "use network.{office}\nlet y = office\n"),
        ("a", "use b.office\nlet x = office\n"),
    ]);
    fix_mends(&[
        NETWORK,
        (
            "a",
            "let x = network.ofice\nlet y = x\ncondition c = netwrok.inside\n",
        ),
    ]);
}

#[test]
fn names_of_imports_are_not_passed_on() {
    finds(
        &[
            NETWORK,
            ("b", "use network.{office}\nlet y = office\n"),
            (
                "a",
                "use b.{office}\nuse b.{y, office as o}\nlet x = [office, o, y]\n",
            ),
        ],
        &[
            "a.bw:1:8 indirect-import: `b` does not declare `office`, it imports it | import it from `network`, which declares it | \"b\" -> \"network\"",
            "a.bw:2:11 indirect-import: `b` does not declare `office`, it imports it | import it from `network`, which declares it",
        ],
    );
}

#[test]
fn doubles() {
    finds(
        &[
            NETWORK,
            ("other", "let office = 1\n"),
            (
                "a",
                "use network.{office}\nuse other.{office}\nuse network.{inside as x}\nlet x = 1\ncondition x = mfa\n\
                 policy P(a: text, b: text, a: cidr) { allow read on a, office }\n\
                 org x \"o-a1b2c3d4e5\" { account P \"111111111111\" {} }\n",
            ),
        ],
        &[
            "a.bw:2:12 duplicate-import: `office` is imported twice [a.bw:1:14 first imported here] | remove one, or import it under another name with `as`",
            "a.bw:3:24 duplicate-name: `x` is both imported and declared in this module [a.bw:4:5 declared here, as let] | rename the declaration, or import it under another name with `as`",
            "a.bw:5:11 duplicate-name: `x` is declared twice in this module [a.bw:4:5 first declared here, as let]",
            "a.bw:6:28 duplicate-parameter: `a` is a parameter twice [a.bw:6:10 first declared here]",
            "a.bw:7:5 duplicate-name: `x` is declared twice in this module [a.bw:4:5 first declared here, as let]",
            "a.bw:7:32 duplicate-name: `P` is declared twice in this module [a.bw:6:8 first declared here, as policy]",
        ],
    );
}

#[test]
fn unused_imports_are_one_warning_a_line() {
    let modules = [
        NETWORK,
        (
            "a",
            "use network.{office as o, inside}\nuse network as n\nuse network.{office}\nlet x = office\n",
        ),
    ];
    finds(
        &modules,
        &[
            "a.bw:1:14 unused-import: `o` and 1 more are imported and never used [a.bw:1:27 ] | \"use network.{office as o, inside}\" -> \"\"",
            "a.bw:2:5 unused-import: `n` is imported and never used | \"use network as n\" -> \"\"",
        ],
    );
    let severities = project(&modules).diagnostics;
    assert!(severities.iter().all(|d| d.severity == Severity::Warning));
}

#[test]
fn modules_that_go_round() {
    finds(
        &[
            ("a", "use b.{y}\nlet x = y\n"),
            ("b", "use c.{z}\nlet y = z\n"),
            ("c", "use a\nlet z = 1\nlet w = a.x\n"),
            ("d", "use d.{v}\n"),
        ],
        &[
            "a.bw:1:5 import-cycle: modules import one another: a → b → c → a [b.bw:1:5 `b` imports `c`] [c.bw:1:5 `c` imports `a`]",
            "d.bw:1:5 import-cycle: modules import one another: d → d",
            "d.bw:1:8 unknown-member: `d` declares no `v`",
        ],
    );
}

#[test]
fn values_that_go_round_are_named_and_cut() {
    let modules = [(
        "a",
        "let x = [y]\nlet y = [1, z]\nlet z = x\nlet w = [w]\n\
         condition p = q or mfa\ncondition q(a: text) = not p\ncondition mfa = mfa\n\
         policy A { include B }\npolicy B { include A include C }\npolicy C { include C when p }\n",
    )];
    finds(
        &modules,
        &[
            "a.bw:1:10 definition-cycle: a `let` is made of itself: x → y → z → x [a.bw:2:13 `y` names `z`] [a.bw:3:9 `z` names `x`]",
            "a.bw:4:10 definition-cycle: a `let` is made of itself: w → w",
            "a.bw:5:15 definition-cycle: a condition is made of itself: p → q → p [a.bw:6:28 `q` names `p`]",
            "a.bw:8:20 definition-cycle: a policy includes itself: A → B → A [a.bw:9:20 `B` names `A`]",
            "a.bw:10:20 definition-cycle: a policy includes itself: C → C",
        ],
    );
    assert_eq!(
        project(&modules).bindings(0),
        [
            "y=?",
            "z=?",
            "x=?",
            "w=?",
            "q=?",
            "mfa=a.mfa+0",
            "p=?",
            "mfa=phrase",
            "B=?",
            "A=?",
            "C=a.C+0",
            "C=?",
            "p=a.p+0",
        ]
    );
}

#[test]
fn roles_may_trust_one_another() {
    finds(
        &[(
            "a",
            "let admins = [role R]\nrole R { trust role S in T }\nrole S { trust role R in T }\n\
             policy P { allow sts:AssumeRole on S, R }\naccount T \"111111111111\" { deploy R, S }\n\
             resource_policy K on k { allow kms:* to admins }\nlet k = kms:key \"*\"\n",
        )],
        &[],
    );
}

#[test]
fn module_names_are_taken_once_and_std_is_taken() {
    let mut inputs = Vec::new();
    let mut map = SourceMap::default();
    for (name, library) in [
        (vec!["net"], Library::User),
        (vec!["net"], Library::User),
        (vec!["std", "x"], Library::User),
        (vec!["std", "x"], Library::Std),
    ] {
        let (ast, _, _) = parse(map.add("f.bw", ""), "");
        let name = name.into_iter().map(str::to_owned).collect();
        inputs.push(ModuleInput { name, library, ast });
    }
    let (_, diagnostics) = resolve(inputs);
    let codes: Vec<Code> = diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, [Code::DuplicateModule, Code::ReservedModule]);
}

#[test]
fn order_puts_what_is_used_first() {
    let resolved = project(&[
        ("a", "use b.{y}\nlet x = [y]\npolicy P { include Q when c(x) }\ncondition c(l: text) = mfa\npolicy Q {}\n"),
        ("b", "let y = z\nlet z = 1\n"),
    ])
    .resolved;
    let order: Vec<String> = resolved
        .dependency_order()
        .iter()
        .map(|id| resolved.qualified_name(*id))
        .collect();
    assert_eq!(order, ["b.z", "b.y", "a.x", "a.Q", "a.c", "a.P"]);
}

#[test]
fn long_chains_and_many_errors_stay_linear() {
    let mut chain = String::new();
    let mut wrong = String::from("use m.{a}\n");
    for i in 0..5_000 {
        chain += &format!("let v{i} = v{}\nlet s{i} = [s{i}]\n", i + 1);
        wrong += &format!("let w{i} = q{i}x\n");
    }
    let started = std::time::Instant::now();
    let project = project(&[("chain", &chain), ("wrong", &wrong)]);
    assert_eq!(project.diagnostics.len(), 5_000 + 1 + 5_000 + 1);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
