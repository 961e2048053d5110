//! The keyring of the system, which keeps the secrets of profiles where there is one. With the feature `keyring`, on Linux.

#[cfg(all(feature = "keyring", target_os = "linux"))]
mod secret_service;
#[cfg(not(all(feature = "keyring", target_os = "linux")))]
mod without;

#[cfg(all(feature = "keyring", target_os = "linux"))]
pub(crate) use secret_service::{read, remove, store};
#[cfg(not(all(feature = "keyring", target_os = "linux")))]
pub(crate) use without::{read, remove, store};
