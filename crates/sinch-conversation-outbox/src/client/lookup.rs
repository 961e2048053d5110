//! What the app's list of messages says about an unknown row.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, UNIX_EPOCH};

use sinch_conversation::raw::wire::Wire;
use sinch_conversation::resources::{ListMessages, SendMessage, StoredMessage};
use sinch_conversation::types::{
    ConversationDirection, ProcessingMode, ProcessingStrategy, RecipientBase, SendMessageRequest,
    StoredMessageStatus,
};
use sinch_conversation::{AppId, Client, Error, Timestamp};

use super::{InvalidMessage, row_of};
use crate::row::{NewRow, Row};
use crate::state::Evidence;
use crate::time::{Clock, SystemClock, Time};
use crate::worker::Decision;

/// How the metadata begins that [`NewRow::searchable`] makes.
const MARK: &str = "outbox-row-";

/// How wrong the clocks of the API and of this machine may be.
const SKEW: Duration = Duration::from_secs(600);

/// The largest page of the list, and the most pages of one search through all messages of an app.
const PAGE: i32 = 1_000;
const PAGES: usize = 20;

/// Looks for the message of an unknown row in the app's list of messages, for
/// [`Worker::on_unknown`](crate::Worker::on_unknown).
///
/// The list does not have correlation ids. A message is found by its metadata, so the row has to be
/// [`searchable`](NewRow::searchable), or all your messages have [metadata of their own](Self::metadata_is_unique).
///
/// A message in the list was accepted: the row is settled with its id and, if the list has it, its status. A message that
/// is not in the list proves little: the API does not document how soon it is there. So a row without one is asked about
/// again, and is left unknown in the end. [`send_again`](Self::send_again) sends it again instead, but only if all of this
/// holds, and asks again otherwise:
///
/// - The row has been unknown for some [time](Self::after).
/// - The list shows another message with such metadata, accepted after the row became unknown, by 10 minutes or more since
///   clocks differ: the list works, and is that far.
/// - All messages of the app were looked at, from before the row was stored until after it became unknown. Of more than
///   20,000 nothing is concluded.
///
/// Messages of DISPATCH mode are not in this list: rows of an app in that mode, and those sent with `DISPATCH_ONLY`, are
/// left unknown, with a warning in `tracing`. Do not change the mode of an app while rows of it are unknown.
///
/// ```
/// use std::time::Duration;
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
/// use sinch_conversation::{AppId, Client};
/// use sinch_conversation_outbox::{ClientSender, MessageLookup, NewRow, Outbox, SqliteStore, UnknownPolicy, Worker};
///
/// # async fn example(client: Client, app: AppId, store: SqliteStore) -> Result<(), Box<dyn std::error::Error>> {
/// let message = client.app(app).send(Text::new("On its way")).to(sms("+46700000001"));
/// let row = NewRow::searchable(&message)?
///     .on_unknown(UnknownPolicy::AskAfter(Duration::from_secs(60)));
/// Outbox::new(store.clone(), "messages").enqueue([row]).await?;
///
/// let lookup = MessageLookup::new(&client).send_again();
/// let worker = Worker::new(store, ClientSender::new(&client), "messages").on_unknown(lookup.function());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a lookup does nothing before it is given to a worker"]
pub struct MessageLookup {
    client: Client,
    after: Duration,
    until: Duration,
    sends_again: bool,
    is_unique: bool,
}

impl NewRow {
    /// Makes a row of a message, as [`from_message`](Self::from_message) does, and gives the message a `message_metadata`
    /// that no other one has, by which a [`MessageLookup`] finds it.
    ///
    /// # Errors
    ///
    /// Those of [`from_message`](Self::from_message), and when the message has metadata already.
    pub fn searchable(message: &SendMessage) -> Result<Self, InvalidMessage> {
        let mut request = message.request()?;
        if request.message_metadata.is_some() {
            return Err(InvalidMessage::HasMetadata);
        }
        request.message_metadata = Some(format!("{MARK}{:032x}", fastrand::u128(..)));
        row_of(&request)
    }
}

/// What is looked for.
struct Wanted {
    app: AppId,
    metadata: String,
    /// A contact's id, or addresses.
    recipient: RecipientBase,
}

/// What a list says.
enum Search {
    Found(Decision),
    Missing,
    /// The list is longer than what was read of it.
    TooLong,
}

impl MessageLookup {
    /// Makes a lookup that finds messages, and sends nothing again.
    pub fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            after: Duration::from_secs(600),
            until: Duration::from_secs(24 * 3600),
            sends_again: false,
            is_unique: false,
        }
    }

    /// Sends a row again when its message is not in the list, under the conditions that this type names.
    pub fn send_again(mut self) -> Self {
        self.sends_again = true;
        self
    }

    /// Sets how long a row is unknown before a message that is not in the list means anything. 10 minutes by default.
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Sets how long a row is unknown before it is left so. One day by default. The app has to keep its messages for longer,
    /// which its retention policy says.
    pub fn until(mut self, time: Duration) -> Self {
        self.until = time;
        self
    }

    /// Says that no two messages of yours have the same metadata, so that rows are found by it which are not
    /// [`searchable`](NewRow::searchable). If that is wrong, a row may be settled by the message of another one, and be lost.
    pub fn metadata_is_unique(mut self) -> Self {
        self.is_unique = true;
        self
    }

    /// The function for [`Worker::on_unknown`](crate::Worker::on_unknown).
    pub fn function(
        self,
    ) -> impl Fn(Row) -> Pin<Box<dyn Future<Output = Decision> + Send>> + Send + Sync + 'static
    {
        move |row| {
            let lookup = self.clone();
            Box::pin(async move { lookup.decide(&row).await })
        }
    }

    /// Looks for the message of a row, and decides. When the API cannot be asked, the decision is to ask again.
    pub async fn decide(&self, row: &Row) -> Decision {
        let Some(wanted) = self.wanted(row) else {
            tracing::warn!(row = %row.id, "nothing in the list of messages can tell what became of the row");
            return Decision::Leave;
        };
        self.look(row, &wanted).await.unwrap_or_else(|error| {
            tracing::warn!(row = %row.id, %error, "the list of messages could not be read");
            Decision::AskAgain
        })
    }

    /// What tells the message of a row from others; `None` when nothing does, or when the list has no such messages.
    fn wanted(&self, row: &Row) -> Option<Wanted> {
        let request = SendMessageRequest::from_json(row.request.as_bytes()).ok()?;
        let is_listed = request.processing_strategy != Some(ProcessingStrategy::DispatchOnly);
        let metadata = request.message_metadata.filter(|text| self.tells(text));
        Some(Wanted {
            app: AppId::new(request.app_id).ok()?,
            metadata: metadata.filter(|_| is_listed)?,
            recipient: request.recipient.kind,
        })
    }

    /// Whether metadata tells a message from all others.
    fn tells(&self, metadata: &str) -> bool {
        metadata.starts_with(MARK) || (self.is_unique && !metadata.is_empty())
    }

    async fn look(&self, row: &Row, wanted: &Wanted) -> Result<Decision, Error> {
        let app = self.client.apps().get(&wanted.app).await?;
        if app.data().processing_mode != Some(ProcessingMode::Conversation) {
            tracing::warn!(row = %row.id, "the app is not in CONVERSATION mode, so its messages are not listed");
            return Ok(Decision::Leave);
        }
        let since = time(row.created.minus(SKEW));
        for list in self.to_recipient(wanted) {
            if let Search::Found(decision) = search(list.start(since.clone()), wanted).await? {
                return Ok(decision);
            }
        }
        let unknown = SystemClock.now().since(row.changed);
        if unknown >= self.until {
            return Ok(Decision::Leave);
        }
        if !self.sends_again || unknown < self.after || !self.shows_later(row, wanted).await? {
            return Ok(Decision::AskAgain);
        }
        // The recipient may be filed under another address or contact by now.
        let all = self.sent(wanted).start(since);
        let all = all.end(time(row.changed.plus(SKEW)));
        Ok(match search(all, wanted).await? {
            Search::Found(decision) => decision,
            Search::Missing => Decision::SendAgain,
            Search::TooLong => Decision::AskAgain,
        })
    }

    /// What the app has sent.
    fn sent(&self, wanted: &Wanted) -> ListMessages {
        let list = self.client.messages().list().app(&wanted.app);
        list.direction(ConversationDirection::ToContact)
            .page_size(PAGE)
    }

    /// What the app has sent to the recipient.
    fn to_recipient(&self, wanted: &Wanted) -> Vec<ListMessages> {
        let sent = || self.sent(wanted);
        match &wanted.recipient {
            RecipientBase::ContactId(contact) => vec![sent().contact(contact.as_str())],
            RecipientBase::IdentifiedBy(identified) => {
                let identities = identified.channel_identities.iter();
                let lists = identities.map(|known| sent().channel_identity(&known.identity));
                lists.collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the list shows a message with such metadata that was accepted after the row became unknown.
    async fn shows_later(&self, row: &Row, wanted: &Wanted) -> Result<bool, Error> {
        let later = self.sent(wanted).start(time(row.changed.plus(SKEW)));
        let page = later.paginate().next_page().await?;
        let mut messages = page.into_iter().flat_map(|page| page.items);
        Ok(messages.any(|message| {
            let metadata = message.data().metadata.as_deref();
            metadata.is_some_and(|metadata| self.tells(metadata))
        }))
    }
}

/// Looks for the message in a list, as far as that is read.
async fn search(list: ListMessages, wanted: &Wanted) -> Result<Search, Error> {
    let mut pages = list.paginate();
    for _ in 0..PAGES {
        let Some(page) = pages.next_page().await? else {
            return Ok(Search::Missing);
        };
        let mut messages = page.items.iter();
        let is_wanted = |message: &&StoredMessage| {
            message.data().metadata.as_deref() == Some(wanted.metadata.as_str())
        };
        if let Some(message) = messages.find(is_wanted) {
            return Ok(Search::Found(found(message)));
        }
    }
    Ok(Search::TooLong)
}

fn found(message: &StoredMessage) -> Decision {
    let status = message.data().message_status.as_ref();
    let evidence = match status.and_then(|status| status.status.as_ref()) {
        Some(StoredMessageStatus::Delivered) => Evidence::Delivered,
        Some(StoredMessageStatus::Read) => Evidence::Read,
        Some(StoredMessageStatus::Failed) => Evidence::Failed,
        _ => Evidence::Accepted,
    };
    Decision::Found {
        evidence,
        message_id: Some(message.id().to_string()),
    }
}

/// A time as the API writes it.
fn time(time: Time) -> Timestamp {
    (UNIX_EPOCH + time.since(Time::default())).into()
}
