//! A server, a gateway or a token host that wishes the client ill.

mod ids;
