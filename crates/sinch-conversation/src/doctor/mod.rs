//! Checks the setup and describes what is wrong with it, and how to fix it.
//!
//! ```
//! # doctest::run(async |doctest::Setup { client, .. }| {
//! let report = client.doctor().await;
//! println!("{report}");
//! if !report.is_healthy() {
//!     // Something keeps messages or callbacks from their way.
//! }
//! # assert!(!report.findings.is_empty());
//! # Ok(()) });
//! ```

mod access;
mod channels;
mod report;
mod webhooks;

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{AppResponse, ListAppsResponse, ListWebhooksResponse};

pub use report::{Check, Finding, Report, Severity};

use crate::client::Client;
use crate::error::Error;
use crate::id::{AppId, IntoId};

/// A check of the setup. Await it to run it.
///
/// It makes up to three requests, all of them read-only (`App_GetApp`, `App_ListApps`, `Webhooks_ListWebhooks`).
/// It never fails: what cannot be checked is a finding.
#[derive(Clone, Debug)]
#[must_use = "nothing is checked until it is awaited"]
pub struct Doctor {
    client: Client,
    app: Option<Result<AppId, Error>>,
}

impl Client {
    /// Checks the credentials, the region, the app, its channels and its webhooks with read-only calls. Checks
    /// the default app unless another one is [set](Doctor::app).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::doctor::Severity;
    ///
    /// let report = client.doctor().await;
    /// for finding in report.findings.iter().filter(|finding| finding.severity > Severity::Ok) {
    ///     println!("{}: {:?}", finding.message, finding.remedy);
    /// }
    /// # assert!(!report.findings.is_empty());
    /// # Ok(()) });
    /// ```
    pub fn doctor(&self) -> Doctor {
        let app = self.default_app().id().ok().cloned().map(Ok);
        Doctor {
            client: self.clone(),
            app,
        }
    }
}

impl Doctor {
    /// Sets the app to check.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// let report = client.doctor().app("01JSANDB0X00000000000000ZZ").await;
    /// assert!(!report.is_healthy(), "there is no such app");
    /// # Ok(()) });
    /// ```
    pub fn app(mut self, id: impl IntoId<AppId>) -> Self {
        self.app = Some(id.into_id());
        self
    }

    async fn examine(self) -> Report {
        let mut report = Report::default();
        match self.app.clone() {
            Some(Ok(id)) => self.examine_app(&id, &mut report).await,
            Some(Err(error)) => report.add(access::no_app_id(&error)),
            None => match self.list_apps().await {
                Ok(apps) => access::no_app_chosen(&apps, self.client.region(), &mut report),
                Err(error) => report.add(access::refused(&error)),
            },
        }
        report
    }

    async fn examine_app(&self, id: &AppId, report: &mut Report) {
        match self.get_app(id).await {
            Ok(app) => {
                access::app_found(id, &app, self.client.region(), report);
                channels::examine(&app, report);
                match self.list_webhooks(id).await {
                    Ok(list) => webhooks::examine(&list, self.client.region(), report),
                    Err(error) => report.add(access::unread(Check::Webhooks, &error)),
                }
            }
            Err(error) if error.is_not_found() => {
                let apps = self.list_apps().await;
                access::app_not_found(id, apps, self.client.region(), report);
            }
            Err(error) => report.add(access::refused(&error)),
        }
    }

    async fn get_app(&self, id: &AppId) -> Result<AppResponse, Error> {
        let request = conversation::app_get_app(self.client.project_id(), id.as_str());
        self.client.execute(request).await
    }

    async fn list_apps(&self) -> Result<ListAppsResponse, Error> {
        let request = conversation::app_list_apps(self.client.project_id());
        self.client.execute(request).await
    }

    async fn list_webhooks(&self, id: &AppId) -> Result<ListWebhooksResponse, Error> {
        let request = conversation::webhooks_list_webhooks(self.client.project_id(), id.as_str());
        self.client.execute(request).await
    }
}

impl IntoFuture for Doctor {
    type Output = Report;
    type IntoFuture = Pin<Box<dyn Future<Output = Report> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.examine())
    }
}
