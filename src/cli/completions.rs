//! `bailiwick completions`

use super::exit::{Exit, Failure};
use super::session::Session;

/// Writes a script that completes arguments in a shell
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints the script.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    let mut definitions = super::definitions();
    clap_complete::generate(args.shell, &mut definitions, "bailiwick", &mut script);
    session.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
