//! Contacts and consent records in a batch.

use sinch_conversation_raw::batch;
use sinch_conversation_raw::types::{
    ConsentRecord, ConsentsListType, ContactCreateRequest, CreateContactsRequest,
    InsertConsentsRequest,
};
use sinch_conversation_raw::wire::JsonObject;

use super::awaitable::awaitable;
use super::stored::id_of;
use crate::channel::is_app_scoped;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, BatchId, IntoId};
use crate::transport::PendingCall;

/// Identities that are about to be added to consent lists of an app (`Batch_InsertConsents`). Await it for the id of
/// the batch.
///
/// When it fails, some of the records may be stored. It is safe to add the same records again.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
/// use sinch_conversation::types::ConsentsListType;
///
/// let batch = client
///     .batches()
///     .insert_consents(&app)
///     .opt_out(ConsentsListType::OptOutAll, ["46700000001"])
///     .opt_out(ConsentsListType::OptOutMarketing, ["46700000002", "46700000003"])
///     .await?;
/// println!("{}", batch.batch_id);
/// # sandbox.wait_until_quiet(doctest::SOON).await?;
/// # let list = app.consents(ConsentsListType::OptOutMarketing).collect(10).await?;
/// # assert_eq!(list.len(), 2);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is stored until it is awaited"]
pub struct InsertConsents {
    client: Client,
    request: InsertConsentsRequest,
    refused: Violations,
}

/// Consent records that the API has accepted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct InsertedConsents {
    /// The id of the batch.
    pub batch_id: BatchId,
    /// Fields of the response that this crate does not model, and those that were `null`.
    pub extra: JsonObject,
}

impl InsertConsents {
    pub(super) fn new(client: Client, app: impl IntoId<AppId>) -> Self {
        let mut refused = Violations::default();
        Self {
            client,
            request: InsertConsentsRequest::new(refused.id_text::<AppId>(app), Vec::new()),
            refused,
        }
    }

    /// Adds people to a list, by phone numbers or ids of contacts.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
    /// use sinch_conversation::types::ConsentsListType;
    ///
    /// # let contact = client.contacts().list().collect(1).await?.remove(0);
    /// let list = ConsentsListType::OptOutAll;
    /// let people = ["46700000002", contact.id().as_str()];
    /// client.batches().insert_consents(&app).opt_out(list, people).await?;
    /// # sandbox.wait_until_quiet(doctest::SOON).await?;
    /// # assert_eq!(app.consents(ConsentsListType::OptOutAll).collect(10).await?.len(), 2);
    /// # Ok(()) });
    /// ```
    pub fn opt_out<P: Into<String>>(
        mut self,
        list: ConsentsListType,
        people: impl IntoIterator<Item = P>,
    ) -> Self {
        let records = people.into_iter().map(|person| {
            let mut record = ConsentRecord::new(person);
            record.consent_type = Some(list.clone());
            record
        });
        self.request.consent_records.extend(records);
        self
    }

    /// Checks that there are records, and that none of them is empty.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = self.refused.clone();
        if self.request.consent_records.is_empty() {
            violations.missing("consent_records", "name somebody with `opt_out`");
        }
        for (index, record) in self.request.consent_records.iter().enumerate() {
            if record.identification.is_empty() {
                let field = format!("consent_records[{index}].identification");
                violations.missing(field, "give a phone number or the id of a contact");
            }
        }
        Ok(violations.finish()?)
    }

    fn insert(self) -> PendingCall<'static, InsertedConsents> {
        let request = batch::batch_insert_consents(self.client.project_id(), &self.request);
        self.client
            .start_checked(self.validate(), request, |answer| {
                Ok(InsertedConsents {
                    batch_id: id_of(answer.batch_id.as_ref(), || "batch_id".to_owned(), &answer)?,
                    extra: answer.extra,
                })
            })
    }
}

awaitable!(InsertConsents => InsertedConsents, insert);

/// Checks that a batch has items.
pub(super) fn check_items<T>(field: &'static str, items: &[T], violations: &mut Violations) {
    if items.is_empty() {
        violations.missing(field, "give 1 to 1000");
    }
}

/// Checks contacts that are to be created.
pub(super) fn check_contacts(request: &CreateContactsRequest) -> Result<(), Error> {
    let mut violations = Violations::default();
    check_items("contacts", &request.contacts, &mut violations);
    violations.limits(request, "");
    for (index, contact) in request.contacts.iter().enumerate() {
        check_contact(contact, &format!("contacts[{index}]"), &mut violations);
    }
    Ok(violations.finish()?)
}

fn check_contact(contact: &ContactCreateRequest, at: &str, violations: &mut Violations) {
    if contact.channel_identities.is_empty() {
        let field = format!("{at}.channel_identities");
        violations.missing(field, "give at least one identity");
    }
    for (index, identity) in contact.channel_identities.iter().enumerate() {
        if is_app_scoped(&identity.channel) && identity.app_id.is_none() {
            let field = format!("{at}.channel_identities[{index}].app_id");
            violations.missing(field, "say to which app the address belongs");
        }
    }
}
