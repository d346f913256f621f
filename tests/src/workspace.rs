//! The packages of the workspace and the files of the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

/// One package of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its folder without `crates/`: `law`, `stores/sql`, `xtask`. The word that the rules use.
    pub word: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its name for cargo.
    pub name: String,
    /// Its manifest.
    pub manifest: Table,
}

impl Package {
    /// The names of the packages that it needs to build and run, whatever the target; not those of its tests.
    pub fn dependencies(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let targets = self.manifest.get("target").and_then(|target| target.as_table());
        let places = targets
            .into_iter()
            .flat_map(|table| table.values().filter_map(|value| value.as_table()));
        for place in places.chain([&self.manifest]) {
            for section in ["dependencies", "build-dependencies"] {
                let found = place.get(section).and_then(|section| section.as_table());
                names.extend(found.into_iter().flat_map(|table| table.keys().cloned()));
            }
        }
        names
    }

    /// Its source files below `src`, except those that hold tests only.
    pub fn sources(&self) -> Vec<Source> {
        let folder = self.folder.join("src");
        let files = rust_files(&folder)
            .into_iter()
            .map(|path| Source::read(path, &folder));
        files.filter(|source| !source.is_test).collect()
    }
}

/// One Rust file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Its path in modules below the crate: `directory`, `load::node`; empty for `lib.rs`.
    pub module: String,
    /// What it says.
    pub text: String,
    /// Whether it is a file of tests: `tests.rs`, or below a folder `tests`.
    pub is_test: bool,
}

impl Source {
    fn read(path: PathBuf, folder: &Path) -> Self {
        let text = read(&path);
        let below = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
        let words: Vec<String> = below
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let is_test = words.iter().any(|word| word == "tests");
        let module = match words.join("::") {
            root if root == "lib" || root == "main" => String::new(),
            module => module,
        };
        Self {
            path,
            module,
            text,
            is_test,
        }
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(Path::to_path_buf).unwrap_or(here)
}

/// Every package of the workspace.
pub fn packages() -> Vec<Package> {
    let root = root();
    let mut folders: Vec<PathBuf> = ["benches", "examples", "tests", "xtask"]
        .iter()
        .map(|folder| root.join(folder))
        .collect();
    for parent in ["crates", "crates/stores", "examples"] {
        let entries = fs::read_dir(root.join(parent)).into_iter().flatten();
        folders.extend(entries.map(|entry| entry.expect("a readable folder").path()));
    }
    folders.retain(|folder| folder.join("Cargo.toml").exists());
    folders.sort();
    folders.into_iter().map(|folder| package(&root, folder)).collect()
}

/// Every file of the repository, without what git ignores and git itself.
pub fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(&root(), &|path| !ignored(path), &mut found);
    found.sort();
    found
}

/// The Rust files below a folder.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(folder, &|_| true, &mut found);
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    found.sort();
    found
}

/// The text of a file that must be there.
pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A path as it is shown in a failure: from the root of the repository.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn package(root: &Path, folder: PathBuf) -> Package {
    let manifest: Table = read(&folder.join("Cargo.toml"))
        .parse()
        .expect("a manifest that cargo accepted");
    let name = manifest["package"]["name"]
        .as_str()
        .expect("a package has a name")
        .to_owned();
    let below = folder
        .strip_prefix(root)
        .expect("a package of the workspace")
        .display()
        .to_string();
    let word = below.strip_prefix("crates/").unwrap_or(&below).to_owned();
    Package {
        word,
        folder,
        name,
        manifest,
    }
}

fn walk(folder: &Path, wanted: &dyn Fn(&Path) -> bool, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a readable folder").path();
        if !wanted(&path) || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            walk(&path, wanted, found);
        } else {
            found.push(path);
        }
    }
}

/// What `.gitignore` names, and git's own folder.
fn ignored(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    matches!(name.as_str(), ".git" | ".serment" | "target")
        || name.ends_with(".snap.new")
        || name.ends_with(".pending-snap")
}
