//! A certificate of a server, for tests only. It says `localhost`, and is valid until 2126.

/// The authority that has signed it, as PEM. Nobody has its key any more.
pub const AUTHORITY: &str = include_str!("../tls/authority.pem");
/// An authority that has signed nothing, as PEM.
pub const ANOTHER: &str = include_str!("../tls/another.pem");
/// The certificate of the server, as PEM.
pub const CERTIFICATE: &str = include_str!("../tls/localhost.pem");
/// The key of the server, as PEM.
pub const KEY: &str = include_str!("../tls/localhost.key");
