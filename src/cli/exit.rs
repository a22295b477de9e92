//! Exit codes, and what becomes of a panic.

use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

/// What `--help` says about exit codes.
pub(super) const HELP: &str = "\
Exit codes:
  0  fine
  1  findings: errors; for `check` warnings too; for `catalogue diff` differences; for `drift` drift; for `can` no
  2  usage: wrong arguments, or a file or folder that cannot be read or written
  3  internal error: please report it
  4  not settled: `compare`, `drift`, `diff --fail-on` or `who-can` cannot tell; for `can` it depends";

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exit {
    /// Nothing to complain about.
    Fine,
    /// The project has findings.
    Findings,
    /// The caller asked for something impossible.
    Usage,
    /// We are wrong.
    Internal,
    /// A question has no answer.
    Unsettled,
}

impl Exit {
    /// Help and version are no mistakes.
    pub(super) fn from_clap(error: &clap::Error) -> Exit {
        match error.exit_code() {
            0 => Exit::Fine,
            _ => Exit::Usage,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Internal => 3,
            Exit::Unsettled => 4,
        })
    }
}

/// Why a subcommand could not do what it was asked for.
#[derive(Debug)]
pub(super) enum Failure {
    /// A sentence for the caller; exit code 2.
    Usage(String),
    /// Whoever reads our output has gone; nothing is said, and the exit code is that of success.
    ReaderGone,
}

impl Failure {
    /// A sentence about a path.
    pub(super) fn at(path: &std::path::Path, what: &str, reason: impl fmt::Display) -> Failure {
        Failure::Usage(format!("{what} `{}`: {reason}", path.display()))
    }
}

/// Replaces the standard report of a panic by one line.
pub(super) fn report_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|l| format!(" at {l}"));
        let message = panic.payload_as_str().unwrap_or("no message");
        let message = message.replace('\n', " ");
        let place = place.unwrap_or_default();
        // `eprintln!` would panic again if stderr is closed.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            format!(
                "internal error{place}: {message}; please report it with the sources that cause it\n"
            )
            .as_bytes(),
        );
    }));
}

/// Runs a command; a panic in it is exit code 3.
pub(super) fn guarded(run: impl FnOnce() -> Exit) -> Exit {
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or(Exit::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_exit_code_3() {
        assert_eq!(guarded(|| Exit::Findings), Exit::Findings);
        let caught = guarded(|| panic!("a panic on purpose"));
        assert_eq!(caught, Exit::Internal);
    }
}
