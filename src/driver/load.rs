//! Reads a project: its settings, its sources, its lock, its own catalogue. Modules are parsed side by side.

use rayon::prelude::*;

use super::config::{self, Config};
use super::{LOCK_FILE, STDIN, library, message};
use crate::catalogue::{Catalogue, Lock};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::resolve::{Library, ModuleInput};
use crate::source::{Files, SourceId, SourceMap, Span};
use crate::syntax;

/// A project as it was read; nothing is resolved yet.
#[derive(Debug)]
pub struct Loaded {
    /// All texts.
    pub sources: SourceMap,
    /// The settings.
    pub config: Config,
    /// The project's modules in the order of their paths, then those of `std` that they mention.
    pub modules: Vec<ModuleInput>,
    /// The answers that the artefacts were built with last.
    pub lock: Option<Lock>,
    /// The project's own catalogue; `None` is the one inside the binary.
    pub own_catalogue: Option<Box<Catalogue>>,
    /// What was wrong with any of it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// The catalogue that counts.
    pub fn catalogue(&self) -> &Catalogue {
        match &self.own_catalogue {
            Some(own) => own,
            None => Catalogue::embedded(),
        }
    }
}

/// Reads a project's settings and its catalogue, and looks at no source; what is wrong with other settings is not said.
pub fn load_catalogue(files: &dyn Files) -> Loaded {
    let mut loader = Loader {
        files,
        sources: SourceMap::default(),
        diagnostics: Vec::new(),
    };
    let config = loader.config();
    let own_catalogue = loader.own_catalogue(&config);
    let of_the_catalogue = |d: &Diagnostic| match &config.catalogue {
        Some(_) => d.code == Code::InvalidCatalogue,
        // Who knows which catalogue a file means that cannot be read.
        None => d.code == Code::InvalidConfig,
    };
    loader.diagnostics.retain(of_the_catalogue);
    Loaded {
        sources: loader.sources,
        config,
        modules: Vec::new(),
        lock: None,
        own_catalogue,
        diagnostics: loader.diagnostics,
    }
}

/// Reads everything that belongs to a project.
pub fn load(files: &dyn Files) -> Loaded {
    let mut loader = Loader {
        files,
        sources: SourceMap::default(),
        diagnostics: Vec::new(),
    };
    let config = loader.config();
    let modules = loader.modules(&config);
    let lock = loader.lock();
    let own_catalogue = loader.own_catalogue(&config);
    let Loader {
        sources,
        mut diagnostics,
        ..
    } = loader;
    diagnostic::sort(&mut diagnostics);
    Loaded {
        sources,
        config,
        modules,
        lock,
        own_catalogue,
        diagnostics,
    }
}

struct Loader<'f> {
    files: &'f dyn Files,
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
}

impl Loader<'_> {
    /// The text of a file as a source; what cannot be read is said, and an undecodable one is shown up to there.
    fn text(&mut self, path: &str) -> Option<SourceId> {
        let bytes = match self.files.read(path) {
            Ok(bytes) => bytes,
            Err(reason) => {
                self.diagnostics.push(message::unreadable(path, &reason));
                return None;
            }
        };
        match syntax::decode(&bytes) {
            Ok(text) => Some(self.sources.add(path, text)),
            Err(undecodable) => {
                let id = self.sources.add(path, undecodable.text.clone());
                self.diagnostics.push(undecodable.diagnostic(id));
                None
            }
        }
    }

    fn read_text(&self, id: SourceId) -> &str {
        self.sources.get(id).map_or("", |s| s.text.as_str())
    }

    fn config(&mut self) -> Config {
        let id = match self.files.contains(config::FILE) {
            true => self.text(config::FILE),
            false => None,
        };
        let Some(id) = id else {
            // Only for places, and settings that nobody wrote have none worth showing.
            return Config::new(self.sources.add(config::FILE, ""));
        };
        let (config, found) = config::read(id, self.read_text(id));
        self.diagnostics.extend(found);
        config
    }

    fn modules(&mut self, config: &Config) -> Vec<ModuleInput> {
        let paths = self.files.list();
        self.say_what_is_empty(config, &paths);
        let mut named: Vec<(Vec<String>, SourceId)> = Vec::new();
        for path in &paths {
            let Some(inner) = below_a_source_folder(config, path) else {
                continue;
            };
            let Some(id) = self.text(path) else {
                continue;
            };
            match module_name(inner) {
                Ok(name) => named.push((name, id)),
                Err(part) => {
                    let span = Span::new(id, 0, 0);
                    let found = message::no_module_name(path, part, span);
                    self.diagnostics.push(found);
                }
            }
        }
        let (mut modules, found) = parse_all(named, &self.sources);
        self.diagnostics.extend(found);
        let library = library::mentioned(&modules, &mut self.sources);
        modules.extend(library);
        modules
    }

    fn say_what_is_empty(&mut self, config: &Config, paths: &[String]) {
        let mut empty = Vec::new();
        for folder in &config.sources {
            if !paths.iter().any(|p| below(&folder.value, p).is_some()) {
                empty.push(folder);
            }
        }
        if config.sources.is_empty() && config.refused_sources {
            return;
        }
        if paths.is_empty() || config.sources.is_empty() {
            self.diagnostics.push(message::no_sources());
            return;
        }
        for folder in empty {
            let found = message::empty_source_folder(&folder.value, folder.span);
            self.diagnostics.push(found);
        }
    }

    fn lock(&mut self) -> Option<Lock> {
        if !self.files.contains(LOCK_FILE) {
            return None;
        }
        let id = self.text(LOCK_FILE)?;
        match Lock::parse(self.read_text(id)) {
            Ok(lock) => Some(lock),
            Err(error) => {
                let span = Span::new(id, error.span.start, error.span.end);
                let found = Diagnostic::error(Code::InvalidLock, error.message, span, "");
                let help = "restore it, or write it anew with `bailiwick catalogue lock`";
                self.diagnostics.push(found.with_help(help));
                None
            }
        }
    }

    fn own_catalogue(&mut self, config: &Config) -> Option<Box<Catalogue>> {
        let path = config.catalogue.as_ref()?;
        let found = |message: String| {
            Diagnostic::error(Code::InvalidCatalogue, message, path.span, "")
                .with_help("`bailiwick catalogue update --from PATH` writes it")
        };
        let text = self.files.read(&path.value).and_then(|bytes| {
            String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
        });
        let text = match text {
            Ok(text) => text,
            Err(reason) => {
                let message = format!("`{}` cannot be read: {reason}", path.value);
                self.diagnostics.push(found(message));
                return None;
            }
        };
        match Catalogue::from_text(text) {
            Ok(catalogue) => Some(Box::new(catalogue)),
            Err(errors) => {
                let shown = errors.iter().take(10).map(ToString::to_string);
                let message = format!("`{}` is no catalogue", path.value);
                let finding = shown.fold(found(message), Diagnostic::with_note);
                self.diagnostics.push(finding);
                None
            }
        }
    }
}

fn parse_all(
    named: Vec<(Vec<String>, SourceId)>,
    sources: &SourceMap,
) -> (Vec<ModuleInput>, Vec<Diagnostic>) {
    let parsed: Vec<(ModuleInput, Vec<Diagnostic>)> = named
        .into_par_iter()
        .map(|(name, id)| {
            let text = sources.get(id).map_or("", |s| s.text.as_str());
            let (ast, _, found) = syntax::parse(id, text);
            let library = Library::User;
            (ModuleInput { name, library, ast }, found)
        })
        .collect();
    let (modules, found): (Vec<_>, Vec<_>) = parsed.into_iter().unzip();
    (modules, found.into_iter().flatten().collect())
}

/// The path below the innermost source folder that holds it.
fn below_a_source_folder<'p>(config: &Config, path: &'p str) -> Option<&'p str> {
    let folders = config.sources.iter();
    folders
        .filter_map(|folder| below(&folder.value, path))
        .min_by_key(|inner| inner.len())
}

fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    match folder {
        "" => Some(path),
        _ => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// `payments/roles.bw` is `payments.roles`; a part that is no name is given back.
fn module_name(path: &str) -> Result<Vec<String>, &str> {
    if path == STDIN {
        return Ok(vec!["stdin".to_owned()]);
    }
    let parts = path.strip_suffix(".bw").unwrap_or(path).split('/');
    parts
        .map(|part| match is_name(part) {
            true => Ok(part.to_owned()),
            false => Err(part),
        })
        .collect()
}

fn is_name(word: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !word.is_empty() && word.chars().all(legal) && !word.starts_with(|c: char| c.is_ascii_digit())
}
