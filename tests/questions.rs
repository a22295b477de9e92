//! `can`, `who-can` and `access`, against goldens: `tests/questions/NAME.txt` and `.json`; exit codes. Bad questions have
//! what they are told in `tests/questions/NAME.err`.
//!
//! `BLESS=1 cargo test --test questions` writes the goldens anew; read the difference before committing it.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and it touches the disk on purpose"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Exit code, stdout and stderr of a question about the project of this folder.
fn ask(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .current_dir(root().join("tests/questions/project"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

fn compare(golden: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(golden, text).unwrap();
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    assert_eq!(text, expected, "{}", golden.display());
}

/// The name of a golden, the exit code, the question.
const QUESTIONS: &[(&str, i32, &[&str])] = &[
    (
        "depends",
        4,
        &["can", "Reader", "s3:GetObject", "on", "reports/*"],
    ),
    (
        "keys_that_the_action_never_carries",
        4,
        &[
            "can",
            "Reader",
            "s3:GetObject",
            "on",
            "reports/*",
            "with",
            "s3:prefix=a",
        ],
    ),
    (
        "keys_that_a_role_never_has",
        1,
        &[
            "can",
            "Reader",
            "s3:GetObject",
            "on",
            "reports/*",
            "with",
            "aws:username=x",
        ],
    ),
    (
        "yes",
        0,
        &[
            "can",
            "Reader",
            "in",
            "Prod",
            "s3:GetObject",
            "on",
            "reports/*",
            "with",
            "mfa=true",
            "source ip=203.0.113.7",
            "region=eu-west-1",
        ],
    ),
    (
        "scp_denies",
        1,
        &["can", "Reader", "s3:DeleteObject", "on", "reports/*"],
    ),
    (
        "boundary_is_silent",
        1,
        &[
            "can",
            "Reader",
            "in",
            "Prod",
            "kms:Decrypt",
            "on",
            "report_key",
        ],
    ),
    (
        "nobody_granted_it",
        1,
        &[
            "can",
            "Clerk",
            "s3:PutObject",
            "on",
            "arn:aws:s3:::reports/*",
        ],
    ),
    (
        "given_key_denies",
        1,
        &[
            "can",
            "KeyUser",
            "kms:Decrypt",
            "on",
            "report_key",
            "with",
            "region=us-east-1",
        ],
    ),
    (
        "by_arn",
        4,
        &[
            "can",
            "arn:aws:sts::222222222222:assumed-role/Reader/i-1",
            "s3:GetObject",
            "on",
            "reports/*",
        ],
    ),
    (
        "outsider_and_owner",
        0,
        &["who-can", "s3:GetObject", "on", "archive/*"],
    ),
    (
        "who_reads",
        0,
        &["who-can", "s3:GetObject", "on", "reports/*"],
    ),
    (
        "who_reads_without_mfa",
        0,
        &[
            "who-can",
            "s3:GetObject",
            "on",
            "reports/*",
            "when",
            "not mfa",
        ],
    ),
    (
        "who_decrypts",
        0,
        &["who-can", "kms:Decrypt", "on", "report_key"],
    ),
    ("access_of_reader", 0, &["access", "Reader"]),
    ("access_of_key_user", 0, &["access", "KeyUser"]),
];

#[test]
fn every_question_has_its_answer() {
    for (name, expected, words) in QUESTIONS {
        let (code, text, err) = ask(words);
        assert_eq!(code, *expected, "{name}: {text}{err}");
        compare(&root().join(format!("tests/questions/{name}.txt")), &text);
        let mut words = words.to_vec();
        words.extend(["--format", "json"]);
        let (code, text, err) = ask(&words);
        assert_eq!((code, err.as_str()), (*expected, ""), "{name}");
        compare(&root().join(format!("tests/questions/{name}.json")), &text);
    }
}

#[test]
fn the_json_is_as_its_schema_says() {
    let schema = fs::read_to_string(root().join("docs/questions.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, _, _) in QUESTIONS {
        let text = fs::read_to_string(root().join(format!("tests/questions/{name}.json"))).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{name}");
        let nonsense = serde_json::json!({ "answer": "perhaps", "identities": [] });
        assert!(!validator.is_valid(&nonsense));
    }
}

#[test]
fn what_nobody_knows_is_named_with_what_may_be_meant() {
    let cases: &[(&[&str], &[&str])] = &[
        (
            &["can", "Raeder", "s3:GetObject", "on", "reports/*"],
            &["`Raeder`", "`Reader`"],
        ),
        (&["access", "Raeder"], &["`Raeder`", "`Reader`"]),
        (
            &["can", "Reader", "s3:GetObjct", "on", "reports/*"],
            &["s3:GetObjct", "`s3:GetObject`"],
        ),
        (
            &["who-can", "s3:GetObject", "on", "reprts/*"],
            &["`reprts`", "`reports`"],
        ),
        (
            &[
                "can",
                "Reader",
                "s3:GetObject",
                "on",
                "reports/*",
                "with",
                "nonsense=1",
            ],
            &["nonsense"],
        ),
        (
            &[
                "can",
                "Reader",
                "s3:GetObject",
                "on",
                "reports/*",
                "when",
                "mfaa",
            ],
            &["mfaa"],
        ),
        (&["can", "Reader", "s3:GetObject"], &["on RESOURCE"]),
        (&["access", "Reader", "s3:GetObject"], &["does not belong"]),
        (
            &["access", "arn:aws:iam::333333333333:role/Reader"],
            &["arn:aws:iam::333333333333:role/Reader"],
        ),
        (
            &[
                "can",
                "Reader",
                "s3:GetObject",
                "on",
                "reports/*",
                "--dir",
                "nowhere",
            ],
            &["nowhere"],
        ),
    ];
    for (words, said) in cases {
        let (code, text, err) = ask(words);
        assert_eq!((code, text.as_str()), (2, ""), "{words:?}: {err}");
        for word in *said {
            assert!(err.contains(word), "{words:?} does not say {word}: {err}");
        }
    }
}

/// The name of a golden, and a question that cannot be asked.
const BAD_QUESTIONS: &[(&str, &str)] = &[
    (
        "misspelt_action_and_condition",
        "can Reader s3:GetObjct on reports/2026/x.csv when mfaa",
    ),
    (
        "misspelt_action_is_told_once",
        "can Reader s3:GetObjct on reports/* with mfa=true",
    ),
    (
        "text_for_an_address",
        "can Reader s3:GetObject on reports/* with source_ip=banana",
    ),
    ("misspelt_resource", "who-can s3:GetObject on reprts/*"),
    (
        "star_that_the_shell_took",
        "who-can s3:GetObject on all.bw bailiwick.toml",
    ),
    ("arn_of_no_bucket", "who-can s3:GetObject on arn:aws:s3"),
];

#[test]
fn a_bad_question_is_shown_as_it_was_asked() {
    for (name, question) in BAD_QUESTIONS {
        let words: Vec<String> = question.split(' ').map(|w| w.replace('_', " ")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (code, text, err) = ask(&words);
        assert_eq!((code, text.as_str()), (2, ""), "{name}: {err}");
        compare(&root().join(format!("tests/questions/{name}.err")), &err);
    }
}
