//! What a project holds, one module for each kind.

mod app;
mod apps;
mod conversations;
mod messages;
pub(crate) mod page;
mod send;
mod stored;
mod webhooks;

pub use app::AppHandle;
pub use apps::{App, Apps, ChannelCredentials, CreateApp};
pub use conversations::{Conversation, Conversations, ListConversations};
pub use messages::{ListMessages, Messages, StoredMessage};
pub use page::{Items, Page, Pages};
pub use send::{SendMessage, Sent};
pub use stored::Stored;
pub use webhooks::{CreateWebhook, Webhook, Webhooks};
