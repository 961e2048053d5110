//! The file of the callbacks, of which the newest are kept.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ReceivedCallback;
use crate::error::{Exit, Failure};
use crate::private_files;

const FILE: &str = "received.ndjson";

/// The most callbacks in the file. When there are more, the older half is removed.
const MOST: usize = 1000;
/// The most bytes of the file, with the same consequence.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The file of the callbacks.
pub(crate) struct Store {
    path: PathBuf,
    /// The ids of the callbacks by their keys, as of the length of the file at that time.
    known: HashMap<String, String>,
    length: Option<u64>,
    last: u64,
}

impl Store {
    /// Returns the file in the user's folder for data. It is made when something is stored.
    ///
    /// # Errors
    ///
    /// There is no home folder.
    pub(crate) fn open() -> Result<Self, Failure> {
        let folder = private_files::data_folder().ok_or_else(|| {
            Failure::new(Exit::Failed, "there is no home folder to keep callbacks in")
                .hint("set XDG_DATA_HOME to an absolute path")
        })?;
        Ok(Self {
            path: folder.join(FILE),
            known: HashMap::new(),
            length: None,
            last: 0,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns all callbacks, the oldest first. A line that is damaged is skipped.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn all(&self) -> Result<Vec<ReceivedCallback>, Failure> {
        self.read().map_err(|error| self.unusable(&error))
    }

    /// Returns the callback with this id.
    ///
    /// # Errors
    ///
    /// There is none, or the file cannot be read.
    pub(crate) fn find(&self, id: &str) -> Result<ReceivedCallback, Failure> {
        let mut all = self.all()?.into_iter();
        all.find(|callback| callback.id == id).ok_or_else(|| {
            Failure::new(
                Exit::NotFound,
                format!("no callback {id:?} has been received, or it was removed since"),
            )
            .hint("sinch-conversation received list")
        })
    }

    /// Stores a callback unless its event is there, and returns its id.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub(crate) fn add(&mut self, callback: &ReceivedCallback) -> Result<String, Failure> {
        self.insert(callback).map_err(|error| self.unusable(&error))
    }

    /// Removes all callbacks.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        let cleared = || match self.path.exists() {
            true => {
                let _lock = private_files::lock(&self.path)?;
                private_files::replace(&self.path, "")
            }
            false => Ok(()),
        };
        cleared().map_err(|error| self.unusable(&error))
    }

    fn insert(&mut self, callback: &ReceivedCallback) -> io::Result<String> {
        private_files::make_folder(self.path.parent().unwrap_or(Path::new(".")))?;
        let _lock = private_files::lock(&self.path)?;
        let mut file = private_files::append(&self.path)?;
        if self.length != Some(file.metadata()?.len()) {
            self.index()?;
        }
        if let Some(id) = self.known.get(&callback.key) {
            return Ok(id.clone());
        }
        self.last += 1;
        let id = self.last.to_string();
        let line = serde_json::to_string(&ReceivedCallback {
            id: id.clone(),
            ..callback.clone()
        })?;
        // One call, so that a process that ends meanwhile leaves no half line.
        file.write_all(format!("{line}\n").as_bytes())?;
        self.known.insert(callback.key.clone(), id.clone());
        let length = file.metadata()?.len();
        self.length = Some(length);
        if self.known.len() > MOST || length > MOST_BYTES {
            self.shorten()?;
        }
        Ok(id)
    }

    /// Reads the keys again, after another process has changed the file.
    fn index(&mut self) -> io::Result<()> {
        let all = self.read()?;
        let ids = all.iter().filter_map(|callback| callback.id.parse().ok());
        // A number is not used again by this process, even if the file was cleared.
        self.last = ids.max().unwrap_or(0).max(self.last);
        self.known = all.into_iter().map(|it| (it.key, it.id)).collect();
        Ok(())
    }

    fn shorten(&mut self) -> io::Result<()> {
        let all = self.read()?;
        let newer = all.iter().skip(all.len() / 2);
        let lines: Result<Vec<String>, _> = newer.map(serde_json::to_string).collect();
        let lines: String = lines?.into_iter().map(|line| line + "\n").collect();
        private_files::replace(&self.path, &lines)?;
        self.length = None;
        Ok(())
    }

    fn read(&self) -> io::Result<Vec<ReceivedCallback>> {
        let text = match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text?,
        };
        let callbacks = text.lines().map(serde_json::from_str);
        Ok(callbacks.filter_map(Result::ok).collect())
    }

    fn unusable(&self, error: &io::Error) -> Failure {
        Failure::new(Exit::Failed, format!("{}: {error}", self.path.display()))
    }
}
