//! Where the server is, and whether the way to it is encrypted.

use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::store::StoreError;

/// How long to wait for a connection, unless the address says otherwise.
const CONNECT: Duration = Duration::from_secs(10);

/// After so long without an answer of its machine, a server is unreachable.
const SILENCE: Duration = Duration::from_secs(30);

/// Reads an address. Remote servers are asked for TLS, unless `sslmode=disable` says that they have none.
///
/// Errors do not repeat the address, which has the password.
pub(super) fn parse(address: &str) -> Result<Config, StoreError> {
    // What libpq calls these is what is done for every encrypted connection.
    let known = address
        .replace("sslmode=verify-full", "sslmode=require")
        .replace("sslmode=verify-ca", "sslmode=require");
    let parsed = known.parse::<Config>();
    let mut config = parsed.map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        let cause = cause.unwrap_or_else(|| error.to_string());
        StoreError::Address(format!("{cause}; write postgres://user@host/database"))
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        let missing = "the host is missing; write postgres://user@host/database";
        return Err(StoreError::Address(missing.to_owned()));
    }
    if config.get_ssl_mode() == SslMode::Prefer {
        let mode = if is_local(&config) {
            SslMode::Disable
        } else {
            SslMode::Require
        };
        config.ssl_mode(mode);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    config.keepalives_idle(SILENCE);
    if config.get_application_name().is_none() {
        config.application_name("sinch-conversation-outbox");
    }
    Ok(config)
}

/// Whether no host is reached over a network.
fn is_local(config: &Config) -> bool {
    let is_loopback = |host: &Host| match host {
        Host::Tcp(name) => {
            let address = name.parse::<IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(is_loopback)
        && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(address: &str) -> SslMode {
        parse(address).unwrap().get_ssl_mode()
    }

    #[test]
    fn remote_servers_are_encrypted_unless_told_otherwise() {
        assert_eq!(mode("postgres://u:p@db.example/d"), SslMode::Require);
        let prefer = "postgres://u:p@db.example/d?sslmode=prefer";
        assert_eq!(mode(prefer), SslMode::Require);
        let verify = "postgres://u:p@db.example/d?sslmode=verify-full";
        assert_eq!(mode(verify), SslMode::Require);
        let disable = "postgres://u:p@db.example/d?sslmode=disable";
        assert_eq!(mode(disable), SslMode::Disable);
        for local in ["localhost", "127.0.0.1", "%2Ftmp"] {
            assert_eq!(mode(&format!("postgres://u:p@{local}/d")), SslMode::Disable);
        }
        let two = "postgres://u:p@localhost,db.example/d";
        assert_eq!(mode(two), SslMode::Require);
    }

    #[test]
    fn errors_have_a_remedy_and_no_password() {
        for wrong in [
            "postgres://u:s3cret@host:port/d",
            "postgres://u:s3cret@host/d?sslmode=maybe",
            "postgres://u:s3cret@host/d?nothing=s3cret",
            "postgres:///d?password=s3cret",
            "host=s3cret port=x",
        ] {
            let error = parse(wrong).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("s3cret"), "{text}");
            assert!(text.contains("postgres://user@host/database"), "{text}");
        }
    }
}
