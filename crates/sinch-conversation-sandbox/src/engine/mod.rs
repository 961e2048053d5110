//! What becomes of messages: recipient, channel, content, delivery.

pub(crate) mod accept;
pub(crate) mod batch;
pub(crate) mod capability;
pub(crate) mod check;
pub(crate) mod consents;
pub(crate) mod contact;
pub(crate) mod content;
pub(crate) mod conversation;
pub(crate) mod delivery;
pub(crate) mod events;
pub(crate) mod inbound;
pub(crate) mod inject;
pub(crate) mod keywords;
pub(crate) mod merge;
pub(crate) mod merge_patch;
mod placeholders;
pub(crate) mod receipts;
pub(crate) mod recipient;
pub(crate) mod retention;
pub(crate) mod send;
pub(crate) mod templates;
pub(crate) mod transcode;
pub(crate) mod unified_contacts;
