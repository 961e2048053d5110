//! A working tree in a temporary folder.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;
use xtask::source::{Candidate, FetchLimits, SOURCES, SourcesFile, write_all};

pub(crate) const OLD: &str = "\
openapi: 3.0.2
info: {title: T, version: '1.0'}
paths:
  /a:
    get: {operationId: A}
";

pub(crate) const NEW: &str = "\
openapi: 3.0.2
# A comment, which stays.
info:
  title: T
  version: '1.1'
  license: {name: Apache-2.0}
paths:
  /a:
    get: {operationId: A}
  /b:
    get: {operationId: B}
";

pub(crate) const LOCAL: &str = "\
openapi: 3.1.0
info: {title: L, version: '2.0'}
paths:
  /l:
    post: {operationId: L}
";

/// SHA-256 of OLD and of LOCAL, from another implementation.
pub(crate) const OLD_SHA256: &str =
    "8bb532637eb6d614c5793133558657c3b450b22cf1106e3ef4a7929c69714c61";
pub(crate) const LOCAL_SHA256: &str =
    "ec397e5f4a35bf5215f4aa937691a33d49d8610c68bd0853e8cbf5ff0f0bc586";

pub(crate) struct Tree {
    folder: TempDir,
}

impl Tree {
    /// Makes a tree with one document that is pulled from `url`, and one that is not pulled.
    pub(crate) fn new(url: &str) -> Self {
        let tree = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        tree.write("spec/conversation.yaml", OLD);
        tree.write("spec/local.yaml", LOCAL);
        tree.write(
            SOURCES,
            &format!(
                "# The list.\n\n\
                 [[document]]\nname = \"conversation\"\nfile = \"conversation.yaml\"\nurl = \"{url}\"\n\
                 version = \"1.0\"\nsha256 = \"{OLD_SHA256}\" # of the file\ndate = 2020-02-03\n\
                 licence = \"MIT\"\norigin = \"by hand\"\n\n\
                 # Stays where it is.\n\
                 [[document]]\nname = \"local\"\nfile = \"local.yaml\"\nversion = \"2.0\"\n\
                 sha256 = \"{LOCAL_SHA256}\"\ndate = 2020-02-03\nlicence = \"MIT\"\norigin = \"ours\"\n"
            ),
        );
        tree
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn sources(&self) -> SourcesFile {
        SourcesFile::load(self.root()).unwrap()
    }

    /// Replaces text in `spec/sources.toml`.
    pub(crate) fn edit_sources(&self, from: &str, to: &str) {
        let text = self.read(SOURCES);
        assert!(text.contains(from), "{from}");
        self.write(SOURCES, &text.replace(from, to));
    }

    /// Returns every file and folder with its content.
    pub(crate) fn state(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path.clone());
                    found.insert(path, None);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    found.insert(path, Some(bytes));
                }
            }
        }
        found
    }

    /// Pulls and writes, as the command does. Returns the files that changed.
    pub(crate) fn pull(&self, limits: &FetchLimits) -> anyhow::Result<Vec<String>> {
        let candidate = Candidate::pull(self.root(), limits)?;
        Ok(self.commit(&candidate))
    }

    pub(crate) fn commit(&self, candidate: &Candidate) -> Vec<String> {
        let changed = write_all(self.root(), candidate.writes()).unwrap();
        changed
            .into_iter()
            .map(|path| path.to_str().unwrap().to_owned())
            .collect()
    }
}

/// Limits for short tests: 4 KiB, and long timeouts only where nothing should have to wait.
pub(crate) fn limits() -> FetchLimits {
    let mut limits = FetchLimits::default();
    limits.max_bytes = 4096;
    limits.connect = Duration::from_secs(30);
    limits.idle = Duration::from_secs(30);
    limits.total = Duration::from_secs(60);
    limits
}
