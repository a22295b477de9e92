//! `bailiwick prove`

use super::exit::{Exit, Failure};
use super::promises;
use super::session::Session;
use crate::prove::Wanted;

/// Decides the proofs of a project over effective permission
///
/// A proof that fails shows a request that breaks it and the statements that let it through; one that cannot be decided
/// says why and never counts as passed. `check` decides all proofs and tests besides everything else.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    chosen: promises::Chosen,
}

/// Proves, shows, sums up.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    promises::run(&args.chosen, Wanted::Proofs, session)
}
