//! The command line: arguments, one file a subcommand, and what they share.
//!
//! In: arguments, the disk, the standard input. Out: findings on stderr (as JSON on stdout), results on stdout, an
//! exit code. Everything is decided below; this layer reads, writes and shows.

mod ask;
mod build;
mod catalogue;
mod check;
mod compare;
mod completions;
mod diff;
mod disk;
mod drift;
mod exit;
mod explain;
mod findings;
mod fmt;
mod given;
mod import;
mod init;
mod progress;
mod promises;
mod prove;
mod semantics;
mod session;
mod sides;
mod simulate;
mod test;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use exit::Exit;
use session::{Session, Settings, Shape};

/// Policy as code for AWS IAM: small typed sources, compiled to IAM documents.
#[derive(Parser, Debug)]
#[command(name = "bailiwick", version, about, after_help = exit::HELP, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Args),
    Check(check::Args),
    Build(build::Args),
    Prove(prove::Args),
    Test(test::Args),
    Fmt(fmt::Args),
    Simulate(simulate::Args),
    Semantics(semantics::Args),
    Explain(explain::Args),
    Catalogue(catalogue::Args),
    Compare(compare::Args),
    Import(import::Args),
    Diff(diff::Args),
    Can(ask::CanArgs),
    WhoCan(ask::WhoCanArgs),
    Access(ask::AccessArgs),
    Drift(drift::Args),
    Completions(completions::Args),
}

/// The shapes that the findings and results of a command have.
fn shapes(command: &str) -> &'static [Shape] {
    use Shape::{Github, Human, Json, Junit, Markdown, Sarif};
    match command {
        "check" | "prove" | "test" => &[Human, Json, Sarif, Github, Junit],
        "diff" => &[Human, Markdown, Json, Github, Sarif],
        "drift" => &[Human, Markdown, Json],
        _ => &[Human, Json],
    }
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    exit::report_panics();
    run(disk::arguments())
}

fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let read = definitions()
        .try_get_matches_from(arguments)
        .and_then(|matches| {
            let shapes = matches.subcommand_name().map_or(&[][..], shapes);
            Ok((Cli::from_arg_matches(&matches)?, shapes))
        });
    let (cli, shapes) = match read {
        Ok(read) => read,
        // Help goes to stdout with 0, mistakes to stderr with 2; whoever stopped reading knows why.
        Err(error) => {
            let _ = error.print();
            return Exit::from_clap(&error).into();
        }
    };
    exit::guarded(|| {
        let mut session = Session::new(&cli.settings);
        if let Err(failure) = session.expect_shape(shapes) {
            return session.finish(Err(failure));
        }
        let result = match cli.command {
            Command::Init(args) => init::run(&args, &mut session),
            Command::Check(args) => check::run(&args, &mut session),
            Command::Build(args) => build::run(&args, &mut session),
            Command::Prove(args) => prove::run(&args, &mut session),
            Command::Test(args) => test::run(&args, &mut session),
            Command::Fmt(args) => fmt::run(&args, &mut session),
            Command::Simulate(args) => simulate::run(&args, &mut session),
            Command::Semantics(args) => semantics::run(&args, &mut session),
            Command::Explain(args) => explain::run(&args, &mut session),
            Command::Catalogue(args) => catalogue::run(&args, &mut session),
            Command::Compare(args) => compare::run(&args, &mut session),
            Command::Import(args) => import::run(&args, &mut session),
            Command::Diff(args) => diff::run(&args, &mut session),
            Command::Can(args) => ask::can(&args, &mut session),
            Command::WhoCan(args) => ask::who_can(&args, &mut session),
            Command::Access(args) => ask::access(&args, &mut session),
            Command::Drift(args) => drift::run(&args, &mut session),
            Command::Completions(args) => completions::run(&args, &mut session),
        };
        session.finish(result)
    })
    .into()
}

/// The definitions of all arguments: each command lists the shapes that it has.
fn definitions() -> clap::Command {
    let mut cli = Cli::command();
    let names: Vec<String> = cli
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    for name in names {
        cli = cli.mut_subcommand(&name, |c| c.arg(session::format_of(shapes(&name))));
    }
    cli
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_defined_without_contradiction() {
        definitions().debug_assert();
    }

    #[test]
    fn every_command_lists_its_own_shapes() {
        let mut cli = definitions();
        cli.build();
        let listed = |name: &str| {
            let command = cli.find_subcommand(name).unwrap();
            let argument = command.get_arguments().find(|a| a.get_id() == "format");
            let values = argument.unwrap().get_possible_values();
            let values: Vec<String> = values.iter().map(|v| v.get_name().to_owned()).collect();
            values.join(" ")
        };
        assert_eq!(listed("can"), "human json");
        assert_eq!(listed("diff"), "human markdown json github sarif");
        assert_eq!(listed("check"), "human json sarif github junit");
    }
}
