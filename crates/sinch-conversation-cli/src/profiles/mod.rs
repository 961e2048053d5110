//! Profiles: named settings in a file of the user.

mod file;

use std::path::PathBuf;

use etcetera::{BaseStrategy, choose_base_strategy};
use toml_edit::{DocumentMut, Item, Table, value};

use crate::error::{Exit, Failure};

/// The folder of the program in the user's folder for settings.
const FOLDER: &str = "sinch-conversation";
const FILE: &str = "config.toml";

/// The profile that is used when none is named, until another one is chosen.
pub(crate) const DEFAULT: &str = "default";

/// The settings of a profile, by their keys in the file and the variables that they stand for.
pub(crate) const KEYS: [(&str, &str); 6] = [
    ("project", "SINCH_PROJECT_ID"),
    ("region", "SINCH_CONVERSATION_REGION"),
    ("key_id", "SINCH_KEY_ID"),
    (SECRET, "SINCH_KEY_SECRET"),
    ("app", "SINCH_APP_ID"),
    (ENDPOINT, ""),
];

pub(crate) const SECRET: &str = "key_secret";
/// Where the secret is, if not in the file: `keyring`.
pub(crate) const SECRET_PLACE: &str = "key_secret_in";
pub(crate) const ENDPOINT: &str = "endpoint";

/// The profiles of the user.
#[derive(Default)]
pub(crate) struct Profiles {
    document: DocumentMut,
}

/// Returns the path of the file; `None` without a home folder.
pub(crate) fn path() -> Option<PathBuf> {
    // Not the home folder that the system knows for the user: a program that is run without HOME is not meant to use it.
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(unix) && !is_set("HOME") && !is_set("XDG_CONFIG_HOME") {
        return None;
    }
    let strategy = choose_base_strategy().ok()?;
    let folder = strategy.config_dir();
    // Relative to the current folder it would be another file in each.
    folder.is_absolute().then(|| folder.join(FOLDER).join(FILE))
}

impl Profiles {
    /// Reads the profiles; none if there is no file, or no home folder.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no TOML.
    pub(crate) fn load() -> Result<Self, Failure> {
        match path() {
            Some(path) => Ok(file::read(&path)?.unwrap_or_default()),
            None => Ok(Self::default()),
        }
    }

    /// Changes the profiles in the file, which no other process changes meanwhile.
    ///
    /// # Errors
    ///
    /// There is no home folder, or the file cannot be read or written; it then stays as it was.
    pub(crate) fn edit<T>(
        change: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let path = path().ok_or_else(|| {
            Failure::new(Exit::Failed, "there is no home folder to store settings in")
                .hint("set the SINCH_* variables, or XDG_CONFIG_HOME to an absolute path")
        })?;
        file::edit(&path, change)
    }

    /// Returns the name of the profile that is used when none is named.
    pub(crate) fn chosen(&self) -> &str {
        let chosen = self.document.get("profile").and_then(Item::as_str);
        chosen.unwrap_or(DEFAULT)
    }

    /// Uses this profile when none is named.
    pub(crate) fn choose(&mut self, name: &str) {
        self.document.insert("profile", value(name));
    }

    /// Returns the names of all profiles.
    pub(crate) fn names(&self) -> Vec<&str> {
        let all = self.document.get("profiles").and_then(Item::as_table);
        all.into_iter().flatten().map(|(name, _)| name).collect()
    }

    /// Whether the secret of a profile is in the keyring.
    pub(crate) fn uses_keyring(&self, profile: &str) -> bool {
        self.get(profile, SECRET_PLACE) == Some("keyring")
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().contains(&name)
    }

    /// Returns a setting of a profile by its key.
    pub(crate) fn get(&self, profile: &str, key: &str) -> Option<&str> {
        self.document
            .get("profiles")?
            .get(profile)?
            .get(key)?
            .as_str()
    }

    /// Adds the profile if there is none of this name, and sets its settings; those without a value stay.
    ///
    /// # Errors
    ///
    /// The file has something else than tables in that place.
    pub(crate) fn set(
        &mut self,
        profile: &str,
        settings: &[(&str, Option<&str>)],
    ) -> Result<(), Failure> {
        let table = self.table(profile)?;
        for (key, text) in settings {
            if let Some(text) = text {
                table.insert(key, value(*text));
            }
        }
        Ok(())
    }

    /// Removes a setting of a profile. Returns whether it was there.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set).
    pub(crate) fn remove(&mut self, profile: &str, key: &str) -> Result<bool, Failure> {
        Ok(self.table(profile)?.remove(key).is_some())
    }

    fn table(&mut self, profile: &str) -> Result<&mut Table, Failure> {
        let implicit = || {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        };
        let all = self.document.entry("profiles").or_insert_with(implicit);
        let all = all.as_table_mut().ok_or_else(malformed)?;
        let table = all
            .entry(profile)
            .or_insert_with(|| Item::Table(Table::new()));
        table.as_table_mut().ok_or_else(malformed)
    }
}

fn malformed() -> Failure {
    Failure::usage("the settings file has something else than tables under `profiles`")
}
