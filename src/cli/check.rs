//! `bailiwick check`

use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::civil::Date;

use super::disk::{Disk, Stdin};
use super::exit::{Exit, Failure};
use super::findings;
use super::progress::Progress;
use super::session::Session;
use crate::diagnostic::Severity;
use crate::driver;
use crate::source::Files;

/// Checks a project and writes nothing
///
/// Everything that `build` would find is found, quotas of AWS included. Warnings count as findings.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The folder of the project; `-` reads one module from the standard input
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The day to check for; waivers and times that ended before it are over
    #[arg(long, value_name = "DATE", default_value = None)]
    today: Option<Date>,
}

/// Checks, shows, sums up.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let started = Instant::now();
    let files: Box<dyn Files> = match args.dir == Path::new("-") {
        true => Box::new(Stdin::read()?),
        false => Box::new(Disk::open(&args.dir)?),
    };
    let build = {
        let _progress = Progress::start("checking", session);
        driver::check_on(files.as_ref(), args.today.unwrap_or_else(findings::today))
    };
    let found = &build.diagnostics;
    findings::show_checked(&build, session)?;
    let summary = findings::summary(build.counts, found, started);
    session.tell(&format!("{summary}\n"))?;
    findings::show_waived(&build.waived, &build.sources, session)?;
    let exit = match findings::any(found, Severity::Warning) {
        true => Exit::Findings,
        false => Exit::Fine,
    };
    // The process ends here. Its memory goes back as a whole, which is quicker than tree by tree.
    std::mem::forget(build);
    Ok(exit)
}
