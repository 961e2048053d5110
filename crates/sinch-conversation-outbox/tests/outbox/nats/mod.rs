//! JetStream of Debian's `nats-server`, started by each test. Skipped without it, unless `OUTBOX_REQUIRE_NATS` is 1.

mod killed;
mod server;
mod sink;
mod source;
mod tls;
