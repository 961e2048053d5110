//! What happens to messages: who they are for, over which channel, and what becomes of them.

pub(crate) mod accept;
pub(crate) mod batch;
pub(crate) mod capability;
pub(crate) mod check;
pub(crate) mod consents;
pub(crate) mod content;
pub(crate) mod events;
pub(crate) mod inbound;
pub(crate) mod inject;
pub(crate) mod keywords;
pub(crate) mod merge;
pub(crate) mod merge_patch;
pub(crate) mod patience;
pub(crate) mod people;
mod placeholders;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod reach;
pub(crate) mod receipts;
mod rendering;
pub(crate) mod retention;
pub(crate) mod send;
pub(crate) mod templates;
pub(crate) mod threads;
pub(crate) mod transcode;
pub(crate) mod unify;
