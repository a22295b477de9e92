//! `bailiwick test`

use super::exit::{Exit, Failure};
use super::promises;
use super::session::Session;
use crate::prove::Wanted;

/// Runs the tests of a project
///
/// Each line of a test is a request, decided by everything that bears on it. `check` decides all proofs and tests besides
/// everything else.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    chosen: promises::Chosen,
}

/// Tests, shows, sums up.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    promises::run(&args.chosen, Wanted::Tests, session)
}
