//! Which addresses are fetched, and how they are shown.

use std::path::PathBuf;

use url::{Host, Url};

use super::error::{Refusal, SourceError};

/// Where one document is taken from: the argument of `--from`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A file on this machine.
    File(PathBuf),
    /// An address that may be fetched.
    Url(Url),
}

impl Location {
    /// Reads the argument: with a scheme it is an address, otherwise a file.
    ///
    /// # Errors
    /// [`SourceError::Address`] for an address that is not fetched.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        let url = Url::parse(text).map_err(|_| SourceError::Address {
            url: without_query(text).to_owned(),
            refusal: Refusal::NoLocation,
        })?;
        check(&url)?;
        Ok(Self::Url(url))
    }
}

/// Refuses an address that is not fetched.
pub(super) fn check(url: &Url) -> Result<(), SourceError> {
    refusal_of(url).map_or(Ok(()), |refusal| {
        Err(SourceError::Address {
            url: shown(url),
            refusal,
        })
    })
}

/// The address that a redirect leads to.
pub(super) fn next_hop(from: &Url, location: Option<&str>) -> Result<Url, Refusal> {
    let target = location
        .and_then(|location| from.join(location).ok())
        .ok_or(Refusal::NoLocation)?;
    if from.scheme() == "https" && target.scheme() == "http" {
        return Err(Refusal::Downgrade);
    }
    refusal_of(&target).map_or(Ok(target), Err)
}

/// An address as messages show it: a query or a user name may hold a secret.
pub(super) fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}"));
    format!(
        "{}://{host}{}{}",
        url.scheme(),
        port.unwrap_or_default(),
        url.path()
    )
}

/// True for this machine, the only place where plain http is accepted.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn refusal_of(url: &Url) -> Option<Refusal> {
    match url.scheme() {
        "https" | "http" if !url.username().is_empty() || url.password().is_some() => {
            Some(Refusal::Credentials)
        }
        "https" => None,
        "http" if is_loopback(url) => None,
        "http" => Some(Refusal::PlainHttp),
        _ => Some(Refusal::Scheme),
    }
}

/// What may be shown of a text that does not even parse as an address.
fn without_query(text: &str) -> &str {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    text.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(from: &str, location: &str) -> Result<String, Refusal> {
        next_hop(&Url::parse(from).unwrap(), Some(location)).map(String::from)
    }

    #[test]
    fn a_redirect_never_leaves_https() {
        assert_eq!(
            hop("https://a.example/x", "http://a.example/x"),
            Err(Refusal::Downgrade)
        );
        assert_eq!(
            hop("https://a.example/x", "http://127.0.0.1/x"),
            Err(Refusal::Downgrade)
        );
        assert_eq!(
            hop("https://a.example/x", "https://b.example/y"),
            Ok("https://b.example/y".to_owned())
        );
        assert_eq!(
            hop("https://a.example/x/y", "../z"),
            Ok("https://a.example/z".to_owned())
        );
        assert_eq!(
            hop("https://a.example/x", "//b.example/z"),
            Ok("https://b.example/z".to_owned())
        );
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
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(refusal_of(&url), Some(Refusal::PlainHttp), "{host}");
        }
        assert_eq!(
            hop("http://localhost/", "http://10.0.0.1/"),
            Err(Refusal::PlainHttp)
        );
    }

    #[test]
    fn other_schemes_and_credentials_are_refused_and_not_shown() {
        for (text, expected) in [
            ("ftp://a.example/x", Refusal::Scheme),
            ("file:///etc/passwd", Refusal::Scheme),
            (
                "https://key:hidden@a.example/x?sig=hidden",
                Refusal::Credentials,
            ),
            ("https://hidden@:1/x?sig=hidden", Refusal::NoLocation),
        ] {
            let error = Location::parse(text).unwrap_err();
            assert!(!error.to_string().contains("hidden"), "{error}");
            assert!(matches!(error, SourceError::Address { refusal, .. } if refusal == expected));
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
