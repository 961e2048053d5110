//! Consent lists: people who opted out.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    ConsentsListType, GetAuditRecordsFromConsentResponse, Identity,
};

use super::Page;
use super::page::{Paging, listing};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{self, AppId, IntoId};
use crate::transport::PendingCall;

/// Marks a page token of this crate's own, which is the number of a page.
const BY_NUMBER: &str = "page_number=";

/// The consent lists of the project's apps. Made by [`Client::consents`].
///
/// They are written through the Batch API: [`Batches::insert_consents`](super::Batches::insert_consents). Sinch has
/// to switch the management of consents on for an app.
#[derive(Clone, Debug)]
pub struct Consents {
    pub(crate) client: Client,
}

impl Consents {
    /// Lists the identities on a list of an app (`Consents_GetConsents`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
    /// # doctest::opt_out(&sandbox, &app).await?;
    /// use sinch_conversation::types::ConsentsListType;
    ///
    /// let list = client.consents().list(&app, ConsentsListType::OptOutAll);
    /// for person in list.collect(10_000).await? {
    ///     println!("{}", person.identity);
    /// #   assert_eq!(person.identity, "46700000001");
    /// }
    /// # assert_eq!(app.consents(ConsentsListType::OptOutAll).collect(10).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn list(&self, app: impl IntoId<AppId>, list: ConsentsListType) -> ListConsents {
        ListConsents {
            client: self.client.clone(),
            app: app.into_id(),
            list,
            page_number: None,
            paging: Paging::default(),
        }
    }

    /// Gets the audit records of an identity on the lists of an app (`Consents_GetConsentsAuditRecords`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
    /// # doctest::opt_out(&sandbox, &app).await?;
    /// let audit = client.consents().audit(&app, "+46700000001").await?;
    /// for record in audit.audit_records.iter().flatten() {
    ///     println!("{} {}", record.datetime, record.operation);
    /// }
    /// # assert_eq!(audit.audit_records.as_ref().map(Vec::len), Some(1));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for an identity that cannot be part of a path; 404
    /// when the API has no records of it.
    pub fn audit(
        &self,
        app: impl IntoId<AppId>,
        identity: &str,
    ) -> PendingCall<'static, GetAuditRecordsFromConsentResponse> {
        let mut violations = Violations::default();
        let app = violations.id_text::<AppId>(app);
        violations.absorb(id::check("identity", identity).map_err(Error::from));
        let project = self.client.project_id();
        let request = conversation::consents_get_consents_audit_records(project, &app, identity);
        self.client.start_checked(violations.finish(), request, Ok)
    }
}

/// The identities on a consent list. Made by [`Consents::list`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
/// # doctest::opt_out(&sandbox, &app).await?;
/// use sinch_conversation::types::ConsentsListType;
///
/// let mut opted_out = client.consents().list(&app, ConsentsListType::OptOutAll).page_size(50).paginate();
/// while let Some(person) = opted_out.next().await? {
///     println!("{}", person.identity);
/// }
/// # Ok(()) });
/// ```
///
/// # Errors
///
/// 404 when there is no such app in the project and region.
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListConsents {
    client: Client,
    app: Result<AppId, Error>,
    list: ConsentsListType,
    page_number: Option<i32>,
    paging: Paging,
}

impl ListConsents {
    /// Starts at a page by its number, from 0. This is the older way to page, deprecated by the API: when the answer
    /// has a token, it goes on by that, and else by number until a page is empty.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::types::ConsentsListType;
    ///
    /// let list = client.consents().list(&app, ConsentsListType::OptOutAll);
    /// let third = list.page_size(50).page_number(2).page().await?;
    /// # assert!(third.items.is_empty());
    /// # Ok(()) });
    /// ```
    pub fn page_number(mut self, number: i32) -> Self {
        self.page_number = Some(number);
        self
    }

    fn fetch(&self, token: Option<&str>) -> PendingCall<'static, Page<Identity>> {
        let mut violations = Violations::default();
        let app = violations.id_text::<AppId>(self.app.clone());
        // The name of the list is part of the path, and it may be any text.
        violations.absorb(id::check("list_type", self.list.as_str()).map_err(Error::from));
        self.paging
            .check(OperationId::ConsentsGetConsents, &mut violations);
        let (number, token) = self.position(token);
        let request = conversation::consents_get_consents(
            self.client.project_id(),
            &app,
            &self.list,
            number,
            self.paging.size,
            token,
        );
        self.client
            .start_checked(violations.finish(), request, move |list| {
                let identities = list.identities.unwrap_or_default();
                let mut page = Page::new(identities, list.next_page_token, list.extra);
                if page.next.is_none() && !page.items.is_empty() {
                    page.next = number.and_then(token_of_next);
                }
                Ok(page)
            })
    }

    /// The page by its number or by the API's token.
    fn position<'a>(&self, token: Option<&'a str>) -> (Option<i32>, Option<&'a str>) {
        let Some(token) = token else {
            return (self.page_number, None);
        };
        let number = token.strip_prefix(BY_NUMBER);
        match number.and_then(|number| number.parse().ok()) {
            Some(number) => (Some(number), None),
            None => (None, Some(token)),
        }
    }
}

/// The token of the page behind this one, for a server that returns none when it is asked by number.
fn token_of_next(number: i32) -> Option<String> {
    Some(format!("{BY_NUMBER}{}", number.checked_add(1)?))
}

listing!(ListConsents => Identity, "10 by default, 50 at most");
