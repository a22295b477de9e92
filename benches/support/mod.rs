//! A project of any size, made up: the same parameters always give the same bytes.

use std::fmt::Write as _;

/// How large a project is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Modules with roles; an organisation and a network module come on top.
    pub(crate) modules: usize,
    /// Roles in each module.
    pub(crate) roles: usize,
    /// Statements in each role.
    pub(crate) statements: usize,
}

/// 1,000 modules, 10,000 roles, 100,000 statements.
pub(crate) const LARGE: Size = Size {
    modules: 1_000,
    roles: 10,
    statements: 10,
};

/// The longest line that the formatter leaves on one line.
const WIDTH: usize = 100;

/// How many accounts the organisation has.
const ACCOUNTS: usize = 20;

/// What the statements of a role are about, each of them something else: effect, actions and resource.
const KINDS: [&str; 10] = [
    "allow s3:GetObject, s3:GetObjectVersion on data.object",
    "allow s3:ListBucket on data",
    "allow dynamodb:GetItem, dynamodb:Query, dynamodb:BatchGetItem on ledger",
    "allow sqs:SendMessage, sqs:ReceiveMessage, sqs:DeleteMessage on inbox",
    "allow s3:PutObject on data/\"reports/${aws:username}/*\"",
    "allow read on parameters",
    "allow sns:Publish on news",
    "allow secretsmanager:GetSecretValue on password",
    "allow lambda:InvokeFunction on worker",
    "deny s3:GetObject, s3:GetObjectVersion on data/\"salaries/*\"",
];

/// When a statement applies; the same kind has another one the next time.
const GUARDS: [&str; 5] = [
    "",
    " when strong_auth",
    " when source ip in office and tls",
    " when principal tag team == \"payments\" or mfa within 1h",
    " unless mfa",
];

/// Virtual paths and texts of the project.
pub(crate) fn project(size: Size) -> Vec<(String, String)> {
    let mut files = vec![
        ("network.bw".to_owned(), network()),
        ("org.bw".to_owned(), organisation(size)),
    ];
    files.extend((0..size.modules).map(|m| (format!("team{m}/roles.bw"), module(size, m))));
    files
}

/// All texts of the project in one.
pub(crate) fn bytes(files: &[(String, String)]) -> usize {
    files.iter().map(|(_, text)| text.len()).sum()
}

fn network() -> String {
    "//! What every team shares.\n\n\
     let office: cidr = [203.0.113.0/24, 2001:db8::/32]\n\n\
     condition strong_auth = mfa within 1h and source ip in office\n"
        .to_owned()
}

fn organisation(size: Size) -> String {
    let mut out = String::new();
    for m in 0..size.modules {
        let _ = writeln!(out, "use team{m}.roles as team{m}");
    }
    out.push_str("\norg Acme \"o-a1b2c3d4e5\" {\n  root \"r-ab12\"\n  regions [\"eu-west-1\"]\n\n");
    out.push_str("  ou Workloads \"ou-ab12-11111111\" {\n");
    for account in 0..ACCOUNTS.min(size.modules) {
        let id = 100_000_000_000_usize + account;
        let _ = writeln!(out, "    account Account{account} \"{id}\" {{");
        for m in (account..size.modules).step_by(ACCOUNTS) {
            for role in 0..size.roles {
                let _ = writeln!(out, "      deploy team{m}.Role{m}x{role}");
            }
        }
        out.push_str("    }\n\n");
    }
    // The formatter has no empty line before a closing brace.
    out.truncate(out.trim_end().len());
    out.push_str("\n  }\n}\n");
    out
}

fn module(size: Size, m: usize) -> String {
    let mut out = format!(
        "//! Roles of team {m}.\n\n\
         use network.{{office, strong_auth}}\n\n\
         /// What the team works on.\n\
         let data = s3:bucket \"team-{m}-data\"\n\
         let ledger = dynamodb:table \"team-{m}-ledger\"\n\
         let inbox = sqs:queue \"team-{m}-inbox\"\n\
         let news = sns:topic \"team-{m}-news\"\n\
         let parameters = ssm:parameter \"team-{m}/*\"\n\
         let password = secretsmanager:secret \"team-{m}-password-??????\"\n\
         let worker = lambda:function \"team-{m}-worker\"\n"
    );
    for role in 0..size.roles {
        let _ = write!(
            out,
            "\n/// Does part {role} of the work of team {m}.\n\
             role Role{m}x{role} for workload {{\n  \
             description \"Part {role} of the work of team {m}\"\n  \
             session 1h\n  \
             trust service \"lambda.amazonaws.com\"\n  \
             tags {{ team: \"team-{m}\" }}\n"
        );
        for n in 0..size.statements {
            out.push_str(&statement(m + role, n));
        }
        out.push_str("}\n");
    }
    out
}

#[expect(clippy::indexing_slicing, reason = "the remainder is inside")]
fn statement(seed: usize, n: usize) -> String {
    let kind = KINDS[(seed + n) % KINDS.len()];
    let guard = GUARDS[(seed * 3 + n * 7 + n / KINDS.len()) % GUARDS.len()];
    let comment = if n.is_multiple_of(5) {
        "  // as agreed with the owners of the data\n"
    } else {
        ""
    };
    // As the formatter breaks it.
    let line = format!("  Part{n}: {kind}{guard}");
    match line.len() > WIDTH {
        true => format!("{comment}  Part{n}: {kind}\n   {guard}\n"),
        false => format!("{comment}{line}\n"),
    }
}
