//! What single conditions become, written out: the shapes that people will see in their documents.

use super::fixtures::{all, any, is, not, show};
use super::{BUDGET, lower};
use crate::diagnostic::Code;
use crate::ir::Condition;

fn lowered(condition: Condition) -> String {
    match lower(&condition, BUDGET, None) {
        Ok(blocks) if blocks.is_empty() => "never".to_owned(),
        Ok(blocks) => show(&blocks).join(" | "),
        Err(problems) => problems
            .iter()
            .map(|p| format!("{}: {}", p.code.as_str(), p.message))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// Reference B.5: `mfa` on the Allow side, on the Deny side, and after `unless`, which negates.
#[test]
fn mfa_on_both_sides() {
    let mfa = || is("Bool aws:MultiFactorAuthPresent true");
    assert_eq!(lowered(mfa()), "Bool aws:MultiFactorAuthPresent true");
    assert_eq!(
        lowered(not(mfa())),
        "BoolIfExists aws:MultiFactorAuthPresent false"
    );
    assert_eq!(
        lowered(not(not(mfa()))),
        "Bool aws:MultiFactorAuthPresent true"
    );
    let recent = || is("NumericLessThanEquals aws:MultiFactorAuthAge 3600");
    assert_eq!(
        lowered(not(all([mfa(), recent()]))),
        "BoolIfExists aws:MultiFactorAuthPresent false \
         | NumericGreaterThanIfExists aws:MultiFactorAuthAge 3600"
    );
}

#[test]
fn constants_and_empty_lists() {
    let rows = [
        (Condition::True, "-"),
        (Condition::False, "never"),
        (all([]), "-"),
        (any([]), "never"),
        (not(any([])), "-"),
        (is("StringEquals k"), "never"),
        (is("StringNotEquals k"), "-"),
        (is("StringEqualsIfExists k"), "Null k true"),
        (is("ForAnyValue:StringNotEquals m"), "Null m false"),
        (
            any([is("StringEquals k"), is("Bool b true")]),
            "Bool b true",
        ),
        (all([is("StringEquals k"), is("Bool b true")]), "never"),
        (is("Null k true,false"), "-"),
        (is("Bool b true,false"), "Null b false"),
        (is("StringLike k *"), "StringLike k *"),
    ];
    for (condition, expected) in rows {
        assert_eq!(lowered(condition.clone()), expected, "{condition:?}");
    }
}

/// `or` over one key is one test with several values; the author's order stays.
#[test]
fn or_over_one_key() {
    let rows = [
        (
            any([
                is("NumericLessThan x 5"),
                is("NumericGreaterThanEquals x 5"),
            ]),
            "Null x false",
        ),
        (
            any([is("NumericLessThan x 5"), is("NumericGreaterThan x 5")]),
            "NumericLessThan x 5 | NumericGreaterThan x 5",
        ),
        (
            any([is("StringEquals k b"), is("StringEquals k a")]),
            "StringEquals k b,a",
        ),
        (
            any([
                is("StringEquals k a"),
                is("Bool b true"),
                is("StringEquals k c"),
            ]),
            "StringEquals k a,c | Bool b true",
        ),
        (
            any([
                is("ForAnyValue:StringLike m a*"),
                is("ForAnyValue:StringLike m b*"),
            ]),
            "ForAnyValue:StringLike m a*,b*",
        ),
        // Every value in A or every value in B is not every value in A and B together.
        (
            any([
                is("ForAllValues:StringLike m a*"),
                is("ForAllValues:StringLike m b*"),
            ]),
            "ForAllValues:StringLike m a* | ForAllValues:StringLike m b*",
        ),
        (
            any([
                is("ForAllValues:StringEquals m a"),
                is("ForAllValues:StringEquals m a,b"),
            ]),
            "ForAllValues:StringEquals m a,b",
        ),
        (
            any([is("Null k true"), is("StringEquals k a")]),
            "StringEqualsIfExists k a",
        ),
        (
            any([is("Null x true"), is("NumericLessThan x 5")]),
            "NumericLessThanIfExists x 5",
        ),
        (
            any([is("Null m true"), is("ForAllValues:StringEquals m a")]),
            "ForAllValues:StringEquals m a",
        ),
        // `IfExists` on `ForAnyValue` is read in two ways, so it is never made.
        (
            any([is("Null m true"), is("ForAnyValue:StringEquals m a")]),
            "Null m true | ForAnyValue:StringEquals m a",
        ),
        (
            any([is("StringNotEquals k a"), is("StringNotEquals k b")]),
            "-",
        ),
        (
            any([is("StringNotEquals k a,b"), is("StringNotEquals k b,c")]),
            "StringNotEquals k b",
        ),
        // Patterns can overlap in ways that no list says.
        (
            any([is("StringNotLike k a*"), is("StringNotLike k *b")]),
            "StringNotLike k a* | StringNotLike k *b",
        ),
        (
            any([
                is("NotIpAddress i 10.0.0.0/8"),
                is("NotIpAddress i 10.1.0.0/16,192.0.2.0/24"),
            ]),
            "NotIpAddress i 10.1.0.0/16",
        ),
        (
            any([is("NumericLessThan x 5"), is("NumericLessThanEquals x 5.0")]),
            "NumericLessThanEquals x 5.0",
        ),
        (
            any([is("NumericLessThan x 5"), is("NumericGreaterThan x 3")]),
            "Null x false",
        ),
        (
            any([
                is("DateLessThan d 2025-01-01"),
                is("DateGreaterThanIfExists d 2024-01-01T00:00:00Z"),
            ]),
            "-",
        ),
        (any([is("Bool b true"), is("Bool b false")]), "Null b false"),
        (any([is("Bool b true"), is("BoolIfExists b false")]), "-"),
        (
            any([is("StringEquals k a"), is("StringEquals K b")]),
            "StringEquals k a,b",
        ),
    ];
    for (condition, expected) in rows {
        assert_eq!(lowered(condition.clone()), expected, "{condition:?}");
    }
}

#[test]
fn tests_that_meet_in_one_statement() {
    let rows = [
        (
            all([is("StringEquals k a,b,c"), is("StringEquals k c,b")]),
            "StringEquals k b,c",
        ),
        (
            all([is("StringEquals k a"), is("StringEquals k b")]),
            "never",
        ),
        (
            all([is("StringEquals k a,ab"), is("StringLike k *b")]),
            "StringEquals k ab",
        ),
        (
            all([is("StringEquals k a,b"), is("StringNotEquals k a")]),
            "StringEquals k b",
        ),
        (
            all([
                is("StringNotEquals k a"),
                is("Bool b true"),
                is("StringNotEquals k b"),
            ]),
            "StringNotEquals k a,b & Bool b true",
        ),
        (all([is("Null k true"), is("StringEquals k a")]), "never"),
        (
            all([is("Null k false"), is("StringEqualsIfExists k a")]),
            "StringEquals k a",
        ),
        (
            all([is("Null k false"), is("StringNotEquals k a")]),
            "Null k false & StringNotEquals k a",
        ),
        (
            all([is("NumericLessThan x 3"), is("NumericGreaterThan x 5")]),
            "never",
        ),
        (
            all([
                is("NumericLessThan x 7"),
                is("NumericGreaterThan x 5"),
                is("NumericLessThan x 6"),
            ]),
            "NumericLessThan x 6 & NumericGreaterThan x 5",
        ),
        (
            all([is("NumericEquals x 5.0,9"), is("NumericLessThan x 6")]),
            "NumericEquals x 5.0",
        ),
        (
            all([
                is("IpAddress i 10.0.0.0/8"),
                is("IpAddress i 192.0.2.0/24,10.2.0.0/16"),
            ]),
            "IpAddress i 10.2.0.0/16",
        ),
        (
            all([is("IpAddress i 10.0.0.0/8"), is("IpAddress i 192.0.2.0/24")]),
            "never",
        ),
        (
            all([
                is("IpAddress i 10.1.0.0/16"),
                is("NotIpAddress i 10.0.0.0/8"),
            ]),
            "never",
        ),
        (
            all([
                is("IpAddress i 10.0.0.0/8"),
                is("NotIpAddress i 10.1.0.0/16"),
            ]),
            "IpAddress i 10.0.0.0/8 & NotIpAddress i 10.1.0.0/16",
        ),
        (all([is("Bool b true"), is("Bool b false")]), "never"),
        (
            all([
                is("ForAllValues:StringEquals m a,b"),
                is("ForAllValues:StringEquals m b,c"),
            ]),
            "ForAllValues:StringEquals m b",
        ),
        (
            all([
                is("ForAnyValue:StringEquals m a"),
                is("ForAllValues:StringNotEquals m a"),
            ]),
            "never",
        ),
        (
            all([is("StringEquals k a"), is("StringEquals k a")]),
            "StringEquals k a",
        ),
    ];
    for (condition, expected) in rows {
        assert_eq!(lowered(condition.clone()), expected, "{condition:?}");
    }
}

/// A second test of an operator and key takes another operator that means the same.
#[test]
fn operators_that_are_taken() {
    let rows = [
        (
            all([is("StringLike k a*"), is("StringLike k *b")]),
            "StringLike k a* & StringLikeIfExists k *b",
        ),
        (
            all([
                is("StringLike k a*"),
                is("StringLike k *b"),
                is("StringLike k *c*"),
            ]),
            "StringLike k a* & StringLikeIfExists k *b & ForAnyValue:StringLike k *c*",
        ),
        (
            all([is("StringEquals k ${u}"), is("StringEquals k a*")]),
            "StringEquals k ${u} & StringLike k a${*}",
        ),
        (
            all([
                is("ArnLike r arn:*:*:*:*:a"),
                is("ArnLike r arn:aws:*:*:*:*"),
            ]),
            "ArnLike r arn:*:*:*:*:a & ArnEquals r arn:aws:*:*:*:*",
        ),
        (
            all([
                is("ForAnyValue:StringEquals m a"),
                is("ForAnyValue:StringEquals m b"),
            ]),
            "ForAnyValue:StringEquals m a & ForAnyValue:StringLike m b",
        ),
        (
            all([
                is("ForAllValues:StringLike m a*"),
                is("ForAllValues:StringLike m *b"),
            ]),
            "ForAllValues:StringLike m a* & ForAllValues:StringLikeIfExists m *b",
        ),
        (
            all([is("StringLikeIfExists k a*"), is("StringLikeIfExists k *b")]),
            "Null k true | StringLike k a* & StringLikeIfExists k *b",
        ),
        (
            all([
                is("StringLikeIfExists k a*"),
                is("StringLikeIfExists k *b"),
                is("StringLikeIfExists k *c*"),
                is("Bool b true"),
            ]),
            "Bool b true & Null k true | Bool b true & StringLike k a* & StringLikeIfExists k *b \
             & ForAnyValue:StringLike k *c*",
        ),
        (
            any([
                all([is("StringLikeIfExists k a*"), is("StringLikeIfExists k *b")]),
                is("Bool b true"),
            ]),
            "Null k true | StringLike k a* & StringLikeIfExists k *b | Bool b true",
        ),
        (
            all([
                is("StringLikeIfExists k a*"),
                is("StringLikeIfExists k *b"),
                is("StringLikeIfExists u c*"),
                is("StringLikeIfExists u *d"),
            ]),
            "Null k true & Null u true | Null k true & StringLike u c* & StringLikeIfExists u *d \
             | StringLike k a* & StringLikeIfExists k *b & Null u true \
             | StringLike k a* & StringLike u c* & StringLikeIfExists k *b & StringLikeIfExists u *d",
        ),
        // `ForAnyValue:` may take an empty text for no value: only patterns that need a character may use it.
        (
            all([
                is("StringLike k a*"),
                is("StringLike k *b"),
                is("StringLike k *,${u}*"),
            ]),
            "StringLike k a* & StringLikeIfExists k *b",
        ),
        (
            all([
                is("StringLike k a*"),
                is("StringLike k *b"),
                is("StringLike k ${u}*"),
            ]),
            "StringLike k a*b & StringLikeIfExists k ${u}*",
        ),
        // No operator is left: what two patterns have in common is a list of patterns.
        (
            all([
                is("StringLike k a*"),
                is("StringLike k *b"),
                is("StringLike k *c*"),
                is("StringLike k *d*"),
            ]),
            "StringLike k a*b & StringLikeIfExists k *c* & ForAnyValue:StringLike k *d*",
        ),
        (
            all([
                is("StringLikeIfExists k ab*"),
                is("StringLikeIfExists k *bc"),
                is("StringLikeIfExists k *x*"),
                is("StringLikeIfExists k *y*"),
            ]),
            "Null k true | StringLike k ab*x* & StringLikeIfExists k *bc & ForAnyValue:StringLike k *y*",
        ),
        // Nothing ends in `bc` and in `y`.
        (
            all([
                is("StringLikeIfExists k ab*"),
                is("StringLikeIfExists k *bc"),
                is("StringLikeIfExists k *x*"),
                is("StringLikeIfExists k *y"),
            ]),
            "Null k true",
        ),
        (
            all([
                is("StringLike k ${u}*"),
                is("StringLike k *${u}"),
                is("StringLike k *${u}*"),
                is("StringLike k ?${u}*"),
            ]),
            "condition-collision: an IAM statement has room for one `StringLike` on `k`",
        ),
        (
            all([is("StringEquals m a"), is("StringEquals m b")]),
            "condition-collision: an IAM statement has room for one `StringEquals` on `m`",
        ),
    ];
    for (condition, expected) in rows {
        assert_eq!(lowered(condition.clone()), expected, "{condition:?}");
    }
}

#[test]
fn several_statements_stay_short() {
    let (a, b, c) = (
        || is("Bool b true"),
        || is("StringEquals k a"),
        || is("IpAddress i ::/0"),
    );
    let rows = [
        (any([a(), all([a(), b()])]), "Bool b true"),
        (any([all([a(), b()]), all([a(), not(b())])]), "Bool b true"),
        (
            any([a(), all([not(a()), b()])]),
            "Bool b true | StringEquals k a",
        ),
        (
            all([any([a(), b()]), any([a(), c()])]),
            "Bool b true | StringEquals k a & IpAddress i ::/0",
        ),
        (
            any([all([a(), not(b())]), all([not(a()), b()])]),
            "Bool b true & StringNotEquals k a | BoolIfExists b false & StringEquals k a",
        ),
        (
            not(all([a(), b(), c()])),
            "BoolIfExists b false | StringNotEquals k a | NotIpAddress i ::/0",
        ),
        (
            not(any([a(), b(), c()])),
            "BoolIfExists b false & StringNotEquals k a & NotIpAddress i ::/0",
        ),
    ];
    for (condition, expected) in rows {
        assert_eq!(lowered(condition.clone()), expected, "{condition:?}");
    }
}

/// `(a1 or b1) and … and (an or bn)` over different keys has 2ⁿ statements.
fn cross(n: usize) -> Condition {
    let pair = |i| {
        any([
            is(&format!("StringEquals a{i} x")),
            is(&format!("StringEquals b{i} x")),
        ])
    };
    Condition::All((0..n).map(pair).collect())
}

#[test]
fn the_budget_is_kept() {
    let blocks = lower(&cross(6), BUDGET, None).unwrap();
    assert_eq!(blocks.len(), 64);
    assert_eq!(
        lowered(cross(7)),
        "too-many-statements: this condition needs 128 IAM statements, the limit is 64"
    );
    assert_eq!(
        lowered(cross(60)),
        "too-many-statements: this condition needs more than 256 IAM statements, the limit is 64"
    );
    // Short in the end is never too long on the way.
    let key = |i: usize| is(&format!("StringEquals k v{i}"));
    let long = Condition::Any((0..2000).map(key).collect());
    assert_eq!(lower(&long, BUDGET, None).unwrap().len(), 1);
}

#[test]
fn nesting_has_an_end() {
    let nest = |depth| {
        let wrap = |c, i| match i % 2 {
            0 => all([is(&format!("StringEquals k{i} x")), c]),
            _ => any([is(&format!("StringEquals k{i} x")), c]),
        };
        (0..depth).fold(is("Bool b true"), wrap)
    };
    assert_eq!(lower(&nest(60), BUDGET, None).map(|b| b.len()), Ok(31));
    assert_eq!(
        lowered(nest(1000)),
        "nesting-too-deep: conditions are nested more than 256 deep here"
    );
}

/// All of them are reported, each at its test, not the first only.
#[test]
fn what_cannot_be_said_is_an_error() {
    let condition = not(any([
        is("BinaryEquals k QQ=="),
        is("StringLike m a*"),
        is("NumericLessThan x many"),
        is("ForAllValues:Null m true"),
    ]));
    let problems = lower(&condition, BUDGET, None).unwrap_err();
    let shown = problems.iter().map(|p| {
        assert_eq!(p.code, Code::NoNegation);
        format!("{} ({})", p.message, p.notes.join(", "))
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @r"
    IAM cannot say `not` of `BinaryEquals` on `k` (there is no operator for its negation)
    IAM cannot say `not` of `StringLike` on `m` (the key can have several values, so what a plain operator means is not specified)
    IAM cannot say `not` of `NumericLessThan` on `x` (a value is no decimal number)
    IAM cannot say `not` of `ForAllValues:Null` on `m` (what `Null` means under a set operator is not specified)
    ");
}
