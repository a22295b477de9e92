//! `bailiwick build`

use std::path::PathBuf;
use std::time::Instant;

use super::disk::output::{MANIFEST, Place};
use super::disk::{self, Disk};
use super::exit::{Exit, Failure};
use super::findings;
use super::progress::Progress;
use super::session::Session;
use crate::backend::Style;
use crate::driver::{self, Build, LOCK_FILE};

/// Compiles a project to IAM documents
///
/// The folder OUT is replaced as a whole: a failed build leaves it as it was, and it keeps no file of an earlier build.
/// A folder that holds anything else is left alone. The lock `bailiwick.lock` is written beside the sources when there
/// is none or the project asks more of the catalogue than before.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The folder of the project
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The folder to write
    #[arg(long, short)]
    out: PathBuf,
    /// Write no white space, for deployment
    #[arg(long)]
    minify: bool,
}

/// Compiles, shows, writes if there was no error.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let started = Instant::now();
    let files = Disk::open(&args.dir)?;
    let place = Place::new(&args.out)?;
    let style = match args.minify {
        true => Style::Minified,
        false => Style::Readable,
    };
    let build = {
        let _progress = Progress::start("building", session);
        driver::build(&files, style)
    };
    findings::show(&build.diagnostics, &build.sources, session)?;
    let summary = findings::summary(build.counts, &build.diagnostics, started);
    let Some(written) = &build.output else {
        session.tell(&format!("{summary}; nothing is written\n"))?;
        return Ok(Exit::Findings);
    };
    let manifest = written.manifest.render();
    let documents = written.artefacts.iter();
    let documents = documents.map(|a| (a.path.as_str(), a.text.as_str()));
    place.replace(documents.chain([(MANIFEST, manifest.as_str())]))?;
    keep_lock(&build, args)?;
    let count = findings::number(written.artefacts.len(), "document");
    let out = args.out.display();
    let proof = match written.artefacts.len() {
        0 => "",
        1 => ", proved equal to its source",
        _ => ", each proved equal to its source",
    };
    session.tell(&format!("{summary}\nwrote {count} to {out}{proof}\n"))?;
    Ok(Exit::Fine)
}

/// A lock with other answers has stopped the build before; here it is missing, or was asked less.
fn keep_lock(build: &Build, args: &Args) -> Result<(), Failure> {
    match &build.lock {
        Some(lock) if build.lock_is_stale => {
            disk::write(&args.dir.join(LOCK_FILE), lock.to_toml().as_bytes())
        }
        _ => Ok(()),
    }
}
