//! Tests of the formatter by texts; whole files are in tests/corpus/ok.

use super::{FormatError, format};
use crate::source::SourceMap;

fn formatted(text: &str) -> String {
    let mut map = SourceMap::default();
    let id = map.add("a.bw", text);
    let once = format(id, text).unwrap();
    assert_eq!(format(id, &once).as_deref(), Ok(once.as_str()), "twice");
    once
}

#[test]
fn the_formatted_form_stays_as_it_is() {
    let text = include_str!("../../tests/corpus/ok/syntax/everything.bw");
    assert_eq!(formatted(text), text);
}

#[test]
fn an_unreadable_text_is_refused_with_its_findings() {
    let mut map = SourceMap::default();
    let id = map.add("a.bw", "let");
    let error = format(id, "let").unwrap_err();
    assert!(matches!(error, FormatError::Unreadable(findings) if findings.len() == 1));
}

#[test]
fn long_lines_are_broken() {
    let text = "scp A { deny everything except iam:CreateVirtualMFADevice, iam:EnableMFADevice, iam:ListMFADevices, iam:ResyncMFADevice unless mfa
    allow s3:GetObject on settled when source ip in office and principal tag team == \"payments\" and (mfa or tls)
    allow s3:GetObject to role AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, role BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB }";
    let expected = "scp A {
  deny everything except
      iam:CreateVirtualMFADevice,
      iam:EnableMFADevice,
      iam:ListMFADevices,
      iam:ResyncMFADevice
    unless mfa
  allow s3:GetObject on settled
    when source ip in office and principal tag team == \"payments\" and (mfa or tls)
  allow s3:GetObject
    to role AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, role BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB
}
";
    assert_eq!(formatted(text), expected);
}

#[test]
fn comments_stay_with_their_neighbours() {
    let text = "// head

//! about
let a = [ // first
  1, // one
  // own
  2 // two
  // last
]
let b = [ // empty
]
role A { // open
// one
deny iam:A, // because
  iam:B on * // trailing
// before close
}
role B {
  // alone
}
condition c = a // x
  or b and // y
  // z
  c
// end";
    let expected = "//! about

// head

let a = [ // first
  1, // one
  // own
  2, // two
  // last
]
let b = [ // empty
]

role A { // open
  // one
  deny
      iam:A, // because
      iam:B
    on * // trailing
  // before close
}

role B {
  // alone
}

condition c =
  a // x
  or b // y
    // z
    and c
// end
";
    assert_eq!(formatted(text), expected);
}

#[test]
fn line_ends_and_blank_lines_are_made_one() {
    let text = "let a = 1\r\n\r\n\r\n\r\nlet b = 2\r\nlet c = 3\r\nrole X {\r\n\r\n session 1h\r\n\r\n\r\n path \"/\"\r\n\r\n}";
    let expected =
        "let a = 1\n\nlet b = 2\nlet c = 3\n\nrole X {\n  session 1h\n\n  path \"/\"\n}\n";
    assert_eq!(formatted(text), expected);
    assert_eq!(formatted(""), "");
    assert_eq!(formatted("\n\n"), "");
}

#[test]
fn docs_and_waivers_stand_before_their_line() {
    let text = "/// a\n// c\nwaive x until 2026-01-01 because \"y\" // why\n/// b\n\nprove A cannot * on *\n/// lost";
    let expected = "// c\n/// a\n/// b\nwaive x until 2026-01-01 because \"y\" // why\nprove A cannot * on *\n// lost\n";
    assert_eq!(formatted(text), expected);
}
