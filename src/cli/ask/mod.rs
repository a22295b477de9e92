//! Questions about what the sources mean: `can`, `who-can`, `access`.

mod words;

use std::path::PathBuf;

use super::disk::{self, Disk};
use super::exit::{Exit, Failure};
use super::findings;
use super::progress::Progress;
use super::session::{Format, Session};
use crate::access::{Estate, Identity};
use crate::diagnostic::nearest;
use crate::driver::question::{self, Form, Meaning, Question};
use crate::engine::question::Asking;
use crate::ir::promise::{Case, Claim, Who, WhoKind};
use crate::prove::ask::{self, Answer, Verdict};
use crate::report::ask as report;

/// Says whether somebody may do something, and what decides it
///
///   bailiwick can Reader s3:GetObject on reports/*
///   bailiwick can Reader in Prod s3:GetObject on arn:aws:s3:::reports/x with mfa=true 'source ip=203.0.113.7'
///
/// ROLE is a role, user, group or permission set of the project, its name in AWS, or its ARN; RESOURCE an ARN with
/// wildcards, or a declaration. Keys that are not given are free: where the answer hangs on one, it says which.
/// Exit code 0 if every such request is allowed, 1 if none is, 4 if it depends or is not settled.
#[derive(clap::Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct CanArgs {
    /// ROLE [in ACCOUNT] ACTION on RESOURCE [when CONDITION] [with KEY=VALUE ...]
    #[arg(required = true, value_name = "QUESTION")]
    words: Vec<String>,
    /// The folder of the project
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,
}

/// Lists everybody who may do something, of the project and outside it
///
///   bailiwick who-can kms:Decrypt on ledger_key
///   bailiwick who-can 's3:Get*' on arn:aws:s3:::reports/* when 'not mfa'
///
/// Somebody is listed if at least one such request is allowed. Exit code 4 if something is not settled.
#[derive(clap::Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct WhoCanArgs {
    /// ACTION on RESOURCE [when CONDITION]
    #[arg(required = true, value_name = "QUESTION")]
    words: Vec<String>,
    /// The folder of the project
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,
}

/// Lists all that somebody may do: by service, access level, resource and condition
///
/// What a boundary or a guardrail takes away altogether is left out; what takes a part away is numbered. Exit code 4
/// if something is not settled.
#[derive(clap::Args, Debug)]
pub(super) struct AccessArgs {
    /// ROLE [in ACCOUNT]: a role, user, group or permission set of the project, its name in AWS, or its ARN
    #[arg(required = true, value_name = "ROLE")]
    words: Vec<String>,
    /// The folder of the project
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,
}

/// Answers `can`.
pub(super) fn can(args: &CanArgs, session: &mut Session) -> Result<Exit, Failure> {
    let question = words::read(&args.words, Form::Can)?;
    let Some((read, meaning)) = meaning(&args.dir, &question, session)? else {
        return Ok(Exit::Usage);
    };
    let Claim::Can(cases) = &meaning.claim else {
        return Err(Failure::Usage("the question is not understood".to_owned()));
    };
    let estate = Estate::new(&meaning.set, read.catalogue());
    let asking = Asking::new(read.catalogue());
    let chosen = chosen(&meaning, cases, &estate)?;
    let is_wanted = |identity: &Identity<'_>| chosen.iter().any(|c| std::ptr::eq(*c, identity));
    let answers = ask::can(cases, &is_wanted, &meaning.context, &estate, &asking);
    let verdict = together(&answers);
    match session.format {
        Format::Human => session.print(&report::can(&answers, &read.sources))?,
        Format::Json => {
            session.print_json(&report::can_json(&answers, verdict.as_str(), &read.sources))?;
        }
    }
    Ok(match verdict {
        Verdict::Yes => Exit::Fine,
        Verdict::No => Exit::Findings,
        Verdict::Depends | Verdict::Unknown => Exit::Unsettled,
    })
}

fn together(answers: &[Answer]) -> Verdict {
    let verdicts = answers.iter().map(|a| a.verdict);
    verdicts.reduce(Verdict::and).unwrap_or(Verdict::Unknown)
}

/// Answers `who-can`.
pub(super) fn who_can(args: &WhoCanArgs, session: &mut Session) -> Result<Exit, Failure> {
    let question = words::read(&args.words, Form::WhoCan)?;
    let Some((read, meaning)) = meaning(&args.dir, &question, session)? else {
        return Ok(Exit::Usage);
    };
    let Claim::Only { scope, .. } = &meaning.claim else {
        return Err(Failure::Usage("the question is not understood".to_owned()));
    };
    let estate = Estate::new(&meaning.set, read.catalogue());
    let found = ask::who_can(scope, &estate, &Asking::new(read.catalogue()));
    match session.format {
        Format::Human => session.print(&report::who_can(&found, &read.sources))?,
        Format::Json => session.print_json(&report::who_can_json(&found, &read.sources))?,
    }
    let accounts = findings::number(estate.accounts().len(), "account");
    let asked = findings::number(found.asked, "identity").replace("identitys", "identities");
    let holders = found.holders.iter().filter(|h| h.allowed.is_some()).count();
    session.tell(&format!("\n{holders} of {asked} in {accounts}\n"))?;
    let is_open = found.holders.iter().any(|h| !h.unsettled.is_empty());
    Ok(match is_open || !found.unsettled.is_empty() {
        true => Exit::Unsettled,
        false => Exit::Fine,
    })
}

/// Answers `access`.
pub(super) fn access(args: &AccessArgs, session: &mut Session) -> Result<Exit, Failure> {
    let question = words::read(&args.words, Form::Access)?;
    let Some((read, meaning)) = meaning(&args.dir, &question, session)? else {
        return Ok(Exit::Usage);
    };
    let Claim::Can(cases) = &meaning.claim else {
        return Err(Failure::Usage("the question is not understood".to_owned()));
    };
    let estate = Estate::new(&meaning.set, read.catalogue());
    let asking = Asking::new(read.catalogue());
    let chosen = chosen(&meaning, cases, &estate)?;
    let all: Vec<ask::Access> = chosen
        .iter()
        .map(|identity| ask::access(identity, &estate, &asking))
        .collect();
    match session.format {
        Format::Human => session.print(&report::access(&all, &read.sources))?,
        Format::Json => session.print_json(&report::access_json(&all, &read.sources))?,
    }
    Ok(match all.iter().any(|a| !a.unsettled.is_empty()) {
        true => Exit::Unsettled,
        false => Exit::Fine,
    })
}

/// What is asked, if project and question can be read; what is wrong is shown if not.
fn meaning(
    dir: &std::path::Path,
    question: &Question,
    session: &mut Session,
) -> Result<Option<(question::Read, Meaning)>, Failure> {
    let files = Disk::open(dir)?;
    let mut read = {
        let _progress = Progress::start("asking", session);
        question::read(&files, question)
    };
    let meaning = read.meaning.take();
    if meaning.is_none() && is_expanded(&question.resource) {
        let sentence = "the shell has put the names of files in place of `*`: write `on '*'`";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    // Programs get an answer or findings, never both.
    if meaning.is_none() || session.format == Format::Human {
        findings::show(&read.diagnostics, &read.sources, session)?;
    }
    Ok(meaning.map(|meaning| (read, meaning)))
}

/// Whether what a question is about are files beside us, as they are when a `*` was not quoted. A declaration may be called
/// like a folder.
fn is_expanded(resource: &str) -> bool {
    let is_file = |word: &str| disk::exists(std::path::Path::new(word));
    resource.contains([' ', '.']) && resource.split(' ').all(is_file)
}

/// Whom the question is about: those that its claim names, or whoever is called so in AWS.
fn chosen<'e, 'a>(
    meaning: &Meaning,
    cases: &[Case],
    estate: &'e Estate<'a>,
) -> Result<Vec<&'e Identity<'a>>, Failure> {
    let is_in_case = |identity: &Identity<'_>| {
        let who = cases.iter().flat_map(|c| &c.who);
        who.into_iter().any(|w| is(w, identity, estate))
    };
    let candidates: Vec<&Identity<'_>> = match &meaning.called {
        None => estate.identities().iter().collect(),
        Some(name) => ask::called(name, estate),
    };
    let found: Vec<&Identity<'_>> = candidates.into_iter().filter(|i| is_in_case(i)).collect();
    match (&meaning.called, found.is_empty()) {
        (_, false) => Ok(found),
        (None, true) => Err(Failure::Usage("it is deployed to no account".to_owned())),
        (Some(name), true) => {
            let near = nearest(name, ask::names(estate));
            let hint = near.map(|near| format!("; did you mean `{near}`?"));
            Err(Failure::Usage(format!(
                "there is no role, user, group or permission set called `{name}`{}",
                hint.unwrap_or_default()
            )))
        }
    }
}

fn is(who: &Who, identity: &Identity<'_>, estate: &Estate<'_>) -> bool {
    use crate::access::IdentityKind;
    let kind = match who.kind {
        WhoKind::Role => IdentityKind::Role,
        WhoKind::User => IdentityKind::User,
        WhoKind::PermissionSet => IdentityKind::PermissionSet,
    };
    let account = estate
        .account(identity.account)
        .map(|a| a.account.id.as_str());
    kind == identity.kind && who.name == identity.name && account == Some(&who.account)
}
