//! Tasks that many programs have, each with the code for it, what can go wrong, and what the client does about it.
//!
//! 1. [`one_time_code`]: a code by WhatsApp, and by SMS when WhatsApp fails.

#[doc = include_str!("one_time_code.md")]
pub mod one_time_code {}
