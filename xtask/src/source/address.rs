//! Which addresses may be fetched, and how they are shown.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use url::{Host, Url};

/// The source of one document: the argument of `--from`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A file on this machine.
    File(PathBuf),
    /// An address that may be fetched.
    Url(Url),
}

impl Location {
    /// Parses the argument: with a scheme it is an address, otherwise a file.
    ///
    /// # Errors
    /// An address that may not be fetched.
    pub fn parse(text: &str) -> Result<Self> {
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        // The text is not shown: it may hold a secret.
        let url = Url::parse(text)
            .map_err(|error| anyhow!("expected a file or an https address, but {error}"))?;
        check(&url)?;
        Ok(Self::Url(url))
    }
}

/// Refuses an address that may not be fetched.
pub(super) fn check(url: &Url) -> Result<()> {
    let Some(refusal) = refusal(url) else {
        return Ok(());
    };
    bail!(
        "{}: not fetched: {refusal}; give an https address (http only for this machine)",
        shown(url)
    )
}

/// Returns why an address may not be fetched, if so.
pub(super) fn refusal(url: &Url) -> Option<&'static str> {
    match url.scheme() {
        _ if !url.username().is_empty() || url.password().is_some() => {
            Some("it holds a user name or a password")
        }
        "https" => None,
        "http" if is_loopback(url) => None,
        "http" => Some("plain http to another machine can be altered on the way"),
        _ => Some("its scheme is not https"),
    }
}

/// Returns why a redirect may not be followed, if so.
pub(super) fn refusal_of_redirect(from: &Url, to: &Url) -> Option<&'static str> {
    if from.scheme() == "https" && to.scheme() == "http" {
        return Some("it leads from https to http");
    }
    refusal(to)
}

/// Returns an address for messages, without query and user name, which may hold secrets.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // These fail for addresses that can have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

/// Returns whether it is this machine, the only one for which plain http is accepted.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(from: &str, to: &str) -> Option<&'static str> {
        refusal_of_redirect(&Url::parse(from).unwrap(), &Url::parse(to).unwrap())
    }

    #[test]
    fn a_redirect_never_leaves_https() {
        let downgrade = Some("it leads from https to http");
        assert_eq!(hop("https://a.example/x", "http://a.example/x"), downgrade);
        assert_eq!(hop("https://a.example/x", "http://127.0.0.1/x"), downgrade);
        assert_eq!(hop("https://a.example/x", "https://b.example/y"), None);
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for host in ["127.0.0.1:80", "localhost:8080", "[::1]:9", "127.9.9.9"] {
            assert!(check(&Url::parse(&format!("http://{host}/")).unwrap()).is_ok());
        }
        for host in [
            "a.example",
            "localhost.example",
            "127.0.0.1.example",
            "10.0.0.1",
        ] {
            let error = check(&Url::parse(&format!("http://{host}/")).unwrap()).unwrap_err();
            assert!(error.to_string().contains("plain http"), "{error}");
        }
        assert!(hop("http://localhost/", "http://10.0.0.1/").is_some());
    }

    #[test]
    fn other_schemes_and_credentials_are_refused_and_not_shown() {
        for (text, expected) in [
            ("ftp://a.example/x", "its scheme"),
            ("file:///etc/passwd", "its scheme"),
            ("https://key:hidden@a.example/x?sig=hidden", "a user name"),
            ("https://hidden@:1/x?sig=hidden", "empty host"),
        ] {
            let error = Location::parse(text).unwrap_err().to_string();
            assert!(!error.contains("hidden"), "{error}");
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_text_without_a_scheme_is_a_file() {
        assert_eq!(
            Location::parse("spec/batch.yaml").unwrap(),
            Location::File("spec/batch.yaml".into())
        );
    }
}
