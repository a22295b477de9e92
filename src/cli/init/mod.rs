//! `bailiwick init`

use std::path::PathBuf;

use super::disk;
use super::exit::{Exit, Failure};
use super::session::Session;

/// Writes a small project that builds
///
/// Nothing that exists is overwritten.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The folder; it is made if it does not exist
    #[arg(default_value = ".")]
    dir: PathBuf,
}

const FILES: [(&str, &str); 4] = [
    ("bailiwick.toml", include_str!("bailiwick.toml")),
    ("network.bw", include_str!("network.bw")),
    ("org.bw", include_str!("org.bw")),
    ("payments/roles.bw", include_str!("payments.bw")),
];

/// Writes the files, if none is there.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    for (name, _) in FILES {
        let path = args.dir.join(name);
        if disk::exists(&path) {
            return Err(Failure::at(&path, "there already is", "nothing is written"));
        }
    }
    for (name, text) in FILES {
        disk::write_new(&args.dir.join(name), text.as_bytes())?;
        session.tell(&format!("wrote {}\n", args.dir.join(name).display()))?;
    }
    let dir = args.dir.display();
    session.tell(&format!("next: bailiwick build {dir} --out {dir}/out\n"))?;
    Ok(Exit::Fine)
}
