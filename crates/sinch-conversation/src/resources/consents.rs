//! Who does not want messages.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    ConsentsListType, GetAuditRecordsFromConsentResponse, Identity,
};

use super::Page;
use super::page::{self, listing};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{self, AppId};
use crate::transport::PendingCall;

/// Marks a page token of this crate's own, which is the number of a page.
const BY_NUMBER: &str = "page_number=";

/// The consent lists of the project's apps. Made by [`Client::consents`].
///
/// They are written through the Batch API: [`Batches::insert_consents`](super::Batches::insert_consents). Sinch has
/// to switch the management of consents on for an app.
///
/// ```no_run
/// use sinch_conversation::{AppId, Client};
///
/// # async fn example(client: Client, app: AppId) -> Result<(), sinch_conversation::Error> {
/// let audit = client.consents().audit(&app, "+46700000001").await?;
/// for record in audit.audit_records.iter().flatten() {
///     println!("{} {}", record.datetime, record.operation);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Consents {
    pub(crate) client: Client,
}

impl Consents {
    /// Lists the identities on a list of an app (`Consents_GetConsents`). Await it for one page, or take its
    /// `stream`.
    pub fn list(&self, app: impl Into<AppId>, list: ConsentsListType) -> ListConsents {
        ListConsents {
            client: self.client.clone(),
            app: app.into(),
            list,
            page_number: None,
            page_size: None,
            page_token: None,
        }
    }

    /// Gets what happened to an identity on the lists of an app (`Consents_GetConsentsAuditRecords`).
    ///
    /// # Errors
    ///
    /// An identity that cannot be part of a path; 404 when the API knows none such.
    pub fn audit(
        &self,
        app: impl Into<AppId>,
        identity: &str,
    ) -> PendingCall<'static, GetAuditRecordsFromConsentResponse> {
        let (project, app) = (self.client.project_id(), app.into());
        let request =
            conversation::consents_get_consents_audit_records(project, app.as_str(), identity);
        self.client
            .start_checked(id::check("identity", identity), request, Ok)
    }
}

/// Which consent list to read. Await it for one page.
///
/// ```no_run
/// use futures_util::TryStreamExt;
/// use sinch_conversation::types::ConsentsListType;
/// use sinch_conversation::{AppId, Client};
///
/// # async fn example(client: Client, app: AppId) -> Result<(), sinch_conversation::Error> {
/// let mut opted_out = client.consents().list(&app, ConsentsListType::OptOutAll).page_size(50).stream();
/// while let Some(person) = opted_out.try_next().await? {
///     println!("{}", person.identity);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is listed until it is awaited"]
pub struct ListConsents {
    client: Client,
    app: AppId,
    list: ConsentsListType,
    page_number: Option<i32>,
    page_size: Option<i32>,
    page_token: Option<String>,
}

impl ListConsents {
    /// Sets how many identities a page has; 10 by default, 50 at most.
    pub fn page_size(mut self, size: i32) -> Self {
        self.page_size = Some(size);
        self
    }

    /// Starts at a page by its number, from 0. This is the older way to page, deprecated by the API: when the answer
    /// has a token, it goes on by that, and else by number until a page is empty.
    pub fn page_number(mut self, number: i32) -> Self {
        self.page_number = Some(number);
        self
    }

    /// Goes on from [`Page::next`].
    pub fn page_token(mut self, token: impl Into<String>) -> Self {
        let token = token.into();
        match token
            .strip_prefix(BY_NUMBER)
            .and_then(|number| number.parse().ok())
        {
            Some(number) => self.page_number = Some(number),
            None => {
                self.page_number = None;
                self.page_token = Some(token);
            }
        }
        self
    }

    /// The way to the next page for a server that gives no token to those who ask by number.
    fn next_by_number(&self, page: &Page<Identity>) -> Option<String> {
        let number = self.page_number.filter(|_| !page.items.is_empty())?;
        Some(format!("{BY_NUMBER}{}", number.checked_add(1)?))
    }

    fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        // The name of the list is part of the path, and it may be one that is not known.
        violations.absorb(id::check("list_type", self.list.as_str()).map_err(Error::from));
        page::check_size(
            self.page_size,
            OperationId::ConsentsGetConsents,
            &mut violations,
        );
        Ok(violations.finish()?)
    }

    fn page(self) -> PendingCall<'static, Page<Identity>> {
        let request = conversation::consents_get_consents(
            self.client.project_id(),
            self.app.as_str(),
            &self.list,
            self.page_number,
            self.page_size,
            self.page_token.as_deref(),
        );
        let client = self.client.clone();
        client.start_checked(self.validate(), request, move |list| {
            let identities = list.identities.unwrap_or_default();
            let mut page = Page::new(identities, list.next_page_token, list.extra);
            if page.next.is_none() {
                page.next = self.next_by_number(&page);
            }
            Ok(page)
        })
    }
}

listing!(ListConsents => Identity);
