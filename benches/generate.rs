//! Writes the generated organisation to a folder, to be measured as a whole process: `cargo bench --bench generate -- 1000 FOLDER`.

#![expect(clippy::print_stdout, reason = "it tells what it wrote")]
#![expect(clippy::disallowed_methods, reason = "it writes to the disk")]

mod support;

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds options of its own.
    let mut words = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'));
    let (Some(modules), Some(folder)) = (words.next(), words.next()) else {
        println!("usage: cargo bench --bench generate -- MODULES FOLDER");
        return Ok(());
    };
    let size = support::Size {
        modules: modules.parse()?,
        ..support::LARGE
    };
    let files = support::project(size);
    let root = Path::new(&folder);
    for (path, text) in &files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, text)?;
    }
    let (count, bytes) = (files.len(), support::bytes(&files));
    println!("wrote {count} modules, {bytes} bytes, to {folder}");
    Ok(())
}
