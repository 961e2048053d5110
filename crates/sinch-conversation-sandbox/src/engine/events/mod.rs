//! Events: everything but messages, such as typing. An app's event is sent on one channel, once; a contact's event
//! becomes a callback.

pub(crate) mod accept;
pub(crate) mod delivery;
pub(crate) mod inbound;
pub(crate) mod inject;
pub(crate) mod kinds;
