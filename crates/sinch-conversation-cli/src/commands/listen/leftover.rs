//! Notes about the webhooks of running processes, by which a later one finds those that could not be deleted, as after
//! SIGKILL. A note is a file that its process has locked; the lock ends with the process.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use fs4::FileExt;
use serde::{Deserialize, Serialize};
use sinch_conversation::Client;

use crate::context::warn;
use crate::private_files;

/// The folder of the notes, next to the callbacks.
const FOLDER: &str = "listening";

/// What is known about a webhook.
#[derive(Serialize, Deserialize)]
pub(super) struct Noted {
    pub(super) app: String,
    pub(super) webhook: String,
    pub(super) address: String,
}

/// The note of this process.
pub(super) struct Note {
    path: PathBuf,
    _lock: File,
}

impl Note {
    /// Notes a webhook of this process. Returns `None` without a place for it: only a kill is then not reported.
    pub(super) fn write(noted: &Noted) -> Option<Self> {
        Self::try_write(noted).ok().flatten()
    }

    fn try_write(noted: &Noted) -> io::Result<Option<Self>> {
        // The id comes from the API, and is the name of a file.
        let is_name = |byte: u8| byte.is_ascii_alphanumeric();
        let Some(folder) = folder().filter(|_| noted.webhook.bytes().all(is_name)) else {
            return Ok(None);
        };
        private_files::make_folder(&folder)?;
        let path = folder.join(&noted.webhook);
        let mut file = private_files::append(&path)?;
        FileExt::lock(&file)?;
        file.write_all(serde_json::to_string(noted)?.as_bytes())?;
        Ok(Some(Self { path, _lock: file }))
    }

    /// Removes the note, after the webhook was deleted.
    pub(super) fn remove(self) {
        // A note without a webhook is removed by the next process.
        let _ = fs::remove_file(&self.path);
    }
}

/// Warns of the webhooks that processes which have ended left in an app.
pub(super) async fn warn_of_leftovers(client: &Client, app: &str) {
    for (path, noted) in left_in(app) {
        let webhook = client.webhooks().get(noted.webhook.as_str()).await;
        match webhook {
            Ok(_) => warn(&format!(
                "a `listen` that has ended left the webhook {} at {}; delete it with: sinch-conversation webhooks delete \
                 {} --yes",
                noted.webhook, noted.address, noted.webhook
            )),
            Err(error) if error.is_not_found() => {
                // It is tried again next time.
                let _ = fs::remove_file(&path);
            }
            // What is wrong with the API is reported when the next webhook is made.
            Err(_) => {}
        }
    }
}

fn left_in(app: &str) -> Vec<(PathBuf, Noted)> {
    let files = folder().and_then(|folder| fs::read_dir(folder).ok());
    let files = files.into_iter().flatten().filter_map(Result::ok);
    let notes = files.filter_map(|file| {
        let path = file.path();
        let file = File::options().read(true).write(true).open(&path).ok()?;
        // Its process runs as long as this fails.
        FileExt::try_lock(&file).ok()?;
        let noted: Noted = serde_json::from_str(&io::read_to_string(&file).ok()?).ok()?;
        Some((path, noted))
    });
    notes.filter(|(_, noted)| noted.app == app).collect()
}

fn folder() -> Option<PathBuf> {
    Some(private_files::data_folder()?.join(FOLDER))
}
