//! A copy of the workspace's sources below the target folder. It is kept, and unchanged files are not touched, so that
//! a later run compiles only what changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Sources that builds and the generator read.
const SOURCES: [&str; 9] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "benches",
    "clippy.toml",
    "crates",
    "spec",
    "tests",
    "xtask",
];

/// Folders of the previous run's generated files: regenerating writes only what differs.
const GENERATED: &str = "generated";

pub(crate) struct Scratch {
    root: PathBuf,
    target: PathBuf,
}

/// The files of the copy, by their paths in the workspace.
pub(crate) struct Files(BTreeMap<PathBuf, Vec<u8>>);

impl Files {
    pub(crate) fn text(&self, path: &str) -> String {
        String::from_utf8(self.0[Path::new(path)].clone()).unwrap()
    }

    pub(crate) fn put(&mut self, path: &str, text: &str) {
        self.0.insert(path.into(), text.into());
    }

    /// Changes the version of the crates in the workspace. Cargo identifies builds by name, version and path in the
    /// workspace: without this the workspace and its copy would each run what was built for the other.
    fn mark(&mut self) {
        let version = concat!("version = \"", env!("CARGO_PKG_VERSION"), "\"\n");
        let marked = concat!("version = \"", env!("CARGO_PKG_VERSION"), "+copy\"\n");
        let manifest = self.text("Cargo.toml").replacen(version, marked, 1);
        self.put("Cargo.toml", &manifest);
        let lock = self.text("Cargo.lock");
        let packages = lock.split("[[package]]\n").map(|package| {
            let is_here = !package.contains("\nsource = ") && package.starts_with("name = ");
            match is_here {
                true => package.replacen(version, marked, 1),
                false => package.to_owned(),
            }
        });
        let packages: Vec<String> = packages.collect();
        self.put("Cargo.lock", &packages.join("[[package]]\n"));
    }
}

impl Scratch {
    /// Copies the workspace with the changes that `edit` makes.
    pub(crate) fn of_the_workspace(edit: impl FnOnce(&mut Files)) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let scratch = Self {
            root: Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-operation"),
            target: target.to_owned(),
        };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = Files(BTreeMap::new());
        for source in SOURCES {
            read(workspace, Path::new(source), &mut files.0);
        }
        files.mark();
        edit(&mut files);
        scratch.lay_out(&files.0);
        scratch
    }

    fn lay_out(&self, files: &BTreeMap<PathBuf, Vec<u8>>) {
        let mut before = BTreeMap::new();
        for source in SOURCES {
            read(&self.root, Path::new(source), &mut before);
        }
        for path in before.keys().filter(|path| !files.contains_key(*path)) {
            fs::remove_file(self.root.join(path)).unwrap();
        }
        for (path, bytes) in files {
            if before.get(path) != Some(bytes) {
                let path = self.root.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
    }

    pub(crate) fn regen(&self) {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        xtask
            .arg("regen")
            .env("CARGO_MANIFEST_DIR", self.root.join("xtask"));
        self.run(&mut xtask);
    }

    /// Compiles test targets, and runs the tests whose names contain one of the words.
    ///
    /// The whole workspace is selected, so features are those of `cargo test --workspace`, and other crates are not
    /// compiled again.
    pub(crate) fn test(&self, targets: &[&str], words: &[&str]) {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["test", "--offline", "--locked", "--no-fail-fast"])
            .args(["--workspace", "--exclude", "xtask"]);
        for target in targets {
            cargo.args(["--test", target]);
        }
        cargo.arg("--").args(words);
        cargo
            .env("CARGO_TARGET_DIR", &self.target)
            .env("INSTA_UPDATE", "no");
        self.run(&mut cargo);
    }

    fn run(&self, command: &mut Command) {
        let output = command.current_dir(&self.root).output().unwrap();
        assert!(
            output.status.success(),
            "{command:?} in {}: {}\n{}{}",
            self.root.display(),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Reads a file, or all files below a folder except the generated ones.
fn read(root: &Path, path: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let whole = root.join(path);
    if whole.is_file() {
        files.insert(path.to_owned(), fs::read(whole).unwrap());
        return;
    }
    for entry in fs::read_dir(whole).into_iter().flatten() {
        let name = entry.unwrap().file_name();
        if name != GENERATED {
            read(root, &path.join(name), files);
        }
    }
}
