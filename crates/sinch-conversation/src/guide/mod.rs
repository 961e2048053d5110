//! Pages to read: one for each thing that an application does.
//!
//! 1. [`first_message`]: what is needed, and one text that goes out.
//! 2. [`receiving`]: callbacks that are checked, answered fast and handled once.
//! 3. [`recipes`]: tasks that many programs have, each with its code.
//! 4. [`errors`]: what the client retries by itself, and what is left to you.
//! 5. [`reliability`]: what must not be lost and must not be doubled.
//! 6. [`testing`]: your application against the API on your machine.
//! 7. [`coming_from`]: ten tasks next to the SDKs for Node, Python and Java, and to curl.
//! 8. [`operations`]: which method calls which operation.
//!
//! The folder `examples` of the crate has programs for these pages. They need no account.

#[doc = include_str!("first_message.md")]
pub mod first_message {}

#[doc = include_str!("receiving.md")]
pub mod receiving {}

pub mod recipes;

#[doc = include_str!("errors.md")]
pub mod errors {}

#[doc = include_str!("reliability.md")]
pub mod reliability {}

#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("coming_from/differences.md")]
#[doc = include_str!("coming_from/sending.md")]
#[doc = include_str!("coming_from/content.md")]
#[doc = include_str!("coming_from/reading.md")]
#[doc = include_str!("coming_from/receiving.md")]
#[doc = include_str!("coming_from/failing.md")]
pub mod coming_from {}

#[doc = include_str!("operations.md")]
pub mod operations {}
