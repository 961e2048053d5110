//! A server, a gateway or a token host that wishes the client ill.

mod child;
mod credentials;
mod ids;
mod proxy;
mod sizes;
mod tokens;
