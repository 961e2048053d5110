//! The nouns: message, event, callback, timeline entry, channel.

pub(crate) mod callback;
pub(crate) mod capability;
pub(crate) mod channels;
pub(crate) mod check;
pub(crate) mod consents;
pub(crate) mod event;
pub(crate) mod message;
pub(crate) mod redact;
pub(crate) mod strict;
pub(crate) mod timeline;
