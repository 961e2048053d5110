//! A separate checkout for each test: the small documents, with all generated files.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

pub(crate) struct Checkout {
    folder: TempDir,
}

/// The result of a command.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Checkout {
    pub(crate) fn new() -> Self {
        let checkout = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        copy(&small(), checkout.folder.path());
        let ended = checkout.xtask(&["regen"]);
        assert_eq!(ended.code, 0, "{ended:?}");
        checkout
    }

    /// Makes a checkout whose conversation document is pulled from an address.
    pub(crate) fn pulling_from(url: &str) -> Self {
        let checkout = Self::new();
        checkout.edit(
            "spec/sources.toml",
            "https://documents.example/conversation.yaml",
            url,
        );
        checkout
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Replaces the first occurrence of a text in a file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from:?}");
        fs::write(self.path(path), text.replacen(from, to, 1)).unwrap();
    }

    pub(crate) fn xtask(&self, arguments: &[&str]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            // The compiler's output is kept between runs.
            .env("CARGO_TARGET_DIR", env!("CARGO_TARGET_TMPDIR"))
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        Ended {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Turns it into a repository with everything committed.
    pub(crate) fn commit(&self) {
        let author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let steps: [&[&str]; 3] = [
            &["init", "--quiet"],
            &["add", "--all"],
            &["commit", "--quiet", "--message", "all"],
        ];
        for step in steps {
            let git = Command::new("git")
                .args(author)
                .args(step)
                .current_dir(self.folder.path())
                .status();
            assert!(git.unwrap().success(), "{step:?}");
        }
    }

    /// Returns every file with its bytes.
    pub(crate) fn state(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut state = BTreeMap::new();
        collect(self.folder.path(), &mut state);
        state
    }

    /// Returns the files that differ from an earlier state, by their paths in the checkout.
    pub(crate) fn changed_since(&self, before: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
        let now = self.state();
        let paths = now
            .keys()
            .chain(before.keys().filter(|path| !now.contains_key(*path)));
        paths
            .filter(|path| now.get(*path) != before.get(*path))
            .map(|path| {
                path.strip_prefix(self.folder.path())
                    .unwrap()
                    .display()
                    .to_string()
            })
            .collect()
    }
}

/// Returns the small conversation document.
pub(crate) fn published() -> String {
    fs::read_to_string(small().join("spec/conversation.yaml")).unwrap()
}

/// Returns documents of the tests' own, so that a change of the published ones changes no test.
fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn collect(folder: &Path, state: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, state);
        } else {
            let bytes = fs::read(&path).unwrap();
            state.insert(path, bytes);
        }
    }
}
