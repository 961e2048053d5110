//! What every message needs and few requests change, decoded: apps, their webhooks, the settings of the project.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use sinch_conversation_raw::types::{AppResponse, ProjectSettingsContent, Webhook};

use super::{APPS, SETTINGS, Scope, StoreError, webhooks};

/// The tables that it has rows of.
const TABLES: [&str; 3] = ["apps", "webhooks", "settings"];

/// Documents of the connection's database. It is emptied when a row of their tables changes, and after a rollback.
#[derive(Default)]
pub(super) struct Cache {
    stale: Arc<AtomicBool>,
    documents: RefCell<Documents>,
}

#[derive(Default)]
struct Documents {
    apps: HashMap<String, Arc<AppResponse>>,
    /// By app.
    webhooks: HashMap<String, Arc<[Webhook]>>,
    /// Of the one project; the inner one is `None` where it has none.
    settings: Option<Option<Arc<ProjectSettingsContent>>>,
}

impl Cache {
    /// An empty cache, which hears of every change that is made over the connection.
    pub(super) fn new(connection: &Connection) -> Self {
        let cache = Self::default();
        let stale = Arc::clone(&cache.stale);
        connection.update_hook(Some(move |_, _: &str, table: &str, _| {
            if TABLES.contains(&table) {
                stale.store(true, Ordering::Relaxed);
            }
        }));
        cache
    }

    pub(super) fn clear(&self) {
        self.stale.store(true, Ordering::Relaxed);
    }

    /// Looks in the cache, or reads and remembers.
    fn get<T: Clone>(
        &self,
        find: impl FnOnce(&Documents) -> Option<T>,
        read: impl FnOnce() -> Result<T, StoreError>,
        keep: impl FnOnce(&mut Documents, T),
    ) -> Result<T, StoreError> {
        if self.stale.swap(false, Ordering::Relaxed) {
            self.documents.take();
        }
        if let Some(found) = find(&self.documents.borrow()) {
            return Ok(found);
        }
        let found = read()?;
        keep(&mut self.documents.borrow_mut(), found.clone());
        Ok(found)
    }
}

impl Scope<'_> {
    /// The app with this id.
    pub(crate) fn app(&self, id: &str) -> Result<Option<Arc<AppResponse>>, StoreError> {
        self.cache.get(
            |documents| documents.apps.get(id).cloned().map(Some),
            || Ok(APPS.get(self.tx, id)?.map(Arc::new)),
            |documents, app| {
                if let Some(app) = app {
                    documents.apps.insert(id.to_owned(), app);
                }
            },
        )
    }

    /// The webhooks of an app, oldest first.
    pub(crate) fn webhooks(&self, app_id: &str) -> Result<Arc<[Webhook]>, StoreError> {
        self.cache.get(
            |documents| documents.webhooks.get(app_id).cloned(),
            || Ok(webhooks::of_app(self.tx, app_id)?.into()),
            |documents, webhooks| {
                documents.webhooks.insert(app_id.to_owned(), webhooks);
            },
        )
    }

    /// The settings of the project, if it has any.
    pub(crate) fn settings(&self) -> Result<Option<Arc<ProjectSettingsContent>>, StoreError> {
        self.cache.get(
            |documents| documents.settings.clone(),
            || Ok(SETTINGS.get(self.tx, self.project())?.map(Arc::new)),
            |documents, settings| documents.settings = Some(settings),
        )
    }
}
