//! The resources of a project: apps, contacts, conversations, messages and so on.
//!
//! # Listing
//!
//! Every list is read in the same ways, also one that the API returns in one answer. It cannot be awaited: that would
//! look like having all of it.
//!
//! ```
//! # doctest::run(async |doctest::Setup { client, app, .. }| {
//! // Item by item; a page is requested when its first item is asked for.
//! let mut messages = client.messages().list().app(&app).paginate();
//! while let Some(message) = messages.next().await? {
//!     println!("{}", message.id());
//! }
//! // All items, and an error when there are more than this.
//! let apps = client.apps().list().collect(1000).await?;
//! // One page, with the headers of its response.
//! let page = client.contacts().list().page().with_response().await?;
//! println!("{} contacts, then {:?}", page.items.len(), page.next);
//! # Ok(()) });
//! ```
//!
//! This does not compile:
//!
//! ```compile_fail
//! # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
//! let messages = client.messages().list().await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Paginator::next_page`] reads page by page, and [`Paginator::into_stream`] turns a list into a `Stream`. With the
//! feature `blocking`, `Blocking::iter` makes it an iterator.
//!
//! # Ids
//!
//! A call takes text, an id, or a value that has it, such as a stored resource or an [`AppHandle`]; see
//! [`IntoId`](crate::IntoId). Text that cannot be an id is reported when the call is awaited.
//!
//! # Changing
//!
//! Apps, contacts, conversations, webhooks and the settings of the project are changed by their `edit`, which gets a
//! closure. It reads what is stored, lets the closure change a copy, and sends a PATCH with exactly the top-level
//! fields that came out different; its `update_mask` names the same fields. When nothing changed, nothing is sent.
//!
//! - What is inside a changed field is sent whole, because the API replaces it whole. Parts that this crate does not
//!   model are kept in `extra` and in `Unknown`, and are sent back unchanged.
//! - A field that was set to `None` is in the mask and not in the body, which is how an update mask clears a field;
//!   the API's pages do not spell it out. A field that is `null` counts as missing.
//! - A field that only the server sets, such as an id or the state of a channel, must not be changed. Changing it is
//!   an [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), before anything is changed.
//! - The documented limits are checked for the changed fields. What was stored before is not questioned.
//! - The API has no versions of these things. When another caller changes the same field between the read and the
//!   write, that change is lost without an error. Changes to other fields are safe.

mod app;
mod apps;
pub(crate) mod awaitable;
mod batch_recipient;
mod batch_records;
mod batch_wait;
mod batches;
mod capability;
mod channel_profile;
mod consents;
mod contacts;
mod conversations;
mod create_contact;
mod create_conversation;
mod edit;
mod events;
mod from_now;
mod inject_event;
mod inject_message;
mod injected;
mod last_messages;
mod list_messages;
mod message_metadata;
mod messages;

pub(crate) mod page;
mod paginator;
mod recent_conversations;
mod rules;
mod send;
mod send_batch;
mod send_event;
mod sent;
mod settings;
mod stored;
mod template_rules;
mod templates;
mod transcode;
mod translation;
mod upsert_contact;
mod webhooks;

pub use app::AppHandle;
pub use apps::{App, Apps, ChannelCredentials, CreateApp, ListApps};
pub use batch_recipient::BatchRecipient;
pub use batch_records::{InsertConsents, InsertedConsents};
pub use batches::{Batch, Batches};
pub use capability::QueryCapability;
pub use consents::{Consents, ListConsents};
pub use contacts::{Contact, Contacts, ListContacts, ListIdentityConflicts, MergeContact};
pub use conversations::{Conversation, Conversations, ListConversations};
pub use create_contact::CreateContact;
pub use create_conversation::CreateConversation;
pub use edit::EditConversation;
pub use events::{Events, ListEvents, StoredEvent};
pub use inject_event::InjectEvent;
pub use inject_message::InjectMessage;
pub use last_messages::ListLastMessages;
pub use list_messages::ListMessages;
pub use message_metadata::UpdateMessageMetadata;
pub use messages::{Messages, StoredMessage};
pub use page::Page;
pub use paginator::{Items, Paginator};
pub use recent_conversations::{ListRecentConversations, RecentConversation};
pub use send::SendMessage;
pub use send_batch::{BatchPart, SendBatch, SentBatch};
pub use send_event::{SendEvent, SentEvent};
pub use sent::Sent;
pub use settings::{CreateSettings, Settings};
pub use stored::Stored;
pub use templates::{CreateTemplate, ListTemplates, ListTranslations, StoredTemplate, Templates};
pub use transcode::{Transcode, Transcoded};
pub use translation::Translation;
pub use upsert_contact::{UpsertContact, Upserted};
pub use webhooks::{CreateWebhook, ListWebhooks, Webhook, Webhooks};
