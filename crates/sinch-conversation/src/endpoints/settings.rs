//! From the settings of a builder to the addresses, and which addresses may get credentials.

use std::fmt;

use reqwest::Url;

use super::{Base, Endpoints, Service};
use crate::error::{Problem, Violations};
use crate::region::Region;

/// What the builder was told about regions and hosts.
#[derive(Clone, Default)]
pub(crate) struct EndpointSettings {
    /// Hosts to which plain http is allowed.
    pub(crate) http_hosts: Vec<String>,
    pub(crate) region: Option<Region>,
    pub(crate) regional_tokens: bool,
    pub(crate) overrides: Vec<(Service, String)>,
}

impl fmt::Debug for EndpointSettings {
    /// Leaves the addresses out: until they are checked they may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let overridden: Vec<_> = self.overrides.iter().map(|(service, _)| service).collect();
        f.debug_struct("EndpointSettings")
            .field("region", &self.region)
            .field("regional_tokens", &self.regional_tokens)
            .field("overridden", &overridden)
            .field("http_hosts", &self.http_hosts.len())
            .finish()
    }
}

const ADDRESS: &str = "an https address without user, query or fragment; http only on a loopback address, or on a \
                       host that is named with `danger_allow_http_host`";

pub(crate) const HOST: &str = "a host alone, such as `sandbox`: no scheme, port, path or pattern";

impl EndpointSettings {
    /// Works out every host, or adds what is missing or unsafe to `violations`.
    pub(crate) fn resolve(&self, violations: &mut Violations) -> Endpoints {
        if self.region.is_none()
            && !Service::ALL
                .iter()
                .all(|service| self.overridden(*service).is_some())
        {
            let remedy = "give the app's region, or an endpoint for every service";
            violations.add("region", Problem::Missing { remedy });
        }
        if self.regional_tokens && self.region == Some(Region::Br) {
            let expected = "off: only us and eu have a token host of their own";
            violations.add("regional_tokens", Problem::Malformed { expected });
        }
        for host in &self.http_hosts {
            match is_host(host) {
                true => tracing::warn!(host, "credentials may go to this host unencrypted"),
                false => violations.malformed("danger_allow_http_host", HOST),
            }
        }
        Endpoints {
            conversation: self.base(Service::Conversation, violations),
            template: self.base(Service::Template, violations),
            batch: self.base(Service::Batch, violations),
            auth: self.base(Service::Auth, violations),
        }
    }

    /// The last override counts.
    fn overridden(&self, service: Service) -> Option<&str> {
        self.overrides
            .iter()
            .rev()
            .find(|(of, _)| *of == service)
            .map(|(_, url)| url.as_str())
    }

    fn base(&self, service: Service, violations: &mut Violations) -> Base {
        let overridden = self.overridden(service);
        let text = match (overridden, self.region) {
            (Some(url), _) => safe_base(url, &self.http_hosts).unwrap_or_else(|| {
                violations.malformed(service.setting(), ADDRESS);
                String::new()
            }),
            (None, Some(region)) if service == Service::Auth && self.regional_tokens => {
                format!("https://{region}.auth.sinch.com")
            }
            (None, Some(region)) => service.host(region),
            (None, None) => String::new(),
        };
        Base::new(text, self.region.filter(|_| overridden.is_none()))
    }
}

/// The address as a base for paths, if credentials may be sent there.
fn safe_base(text: &str, http_hosts: &[String]) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let safe = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url) || is_named(&url, http_hosts),
        _ => false,
    };
    (bare && safe && url.fragment().is_none())
        .then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// Whether plain http is allowed to the host.
fn is_named(url: &Url, http_hosts: &[String]) -> bool {
    let host = url.host_str().unwrap_or_default();
    http_hosts
        .iter()
        .any(|name| name.eq_ignore_ascii_case(host))
}

/// Whether the text is the host of an address, in the form that it has there, and nothing else.
pub(crate) fn is_host(text: &str) -> bool {
    let url = Url::parse(&format!("http://{text}/"));
    let host = url.as_ref().ok().and_then(Url::host_str);
    host.is_some_and(|host| host.eq_ignore_ascii_case(text)) && !text.contains('*')
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::InvalidArgument;

    fn resolve(settings: &EndpointSettings) -> Result<Endpoints, InvalidArgument> {
        let mut violations = Violations::default();
        let endpoints = settings.resolve(&mut violations);
        violations.finish().map(|()| endpoints)
    }

    #[test]
    fn a_region_gives_every_host() {
        let endpoints = resolve(&EndpointSettings {
            region: Some(Region::Eu),
            ..Default::default()
        })
        .unwrap();
        assert_eq!(
            &*endpoints.conversation,
            "https://eu.conversation.api.sinch.com"
        );
        assert_eq!(&*endpoints.template, "https://eu.template.api.sinch.com");
        assert_eq!(
            &*endpoints.batch,
            "https://eu.conversationbatch.api.sinch.com"
        );
        assert_eq!(&*endpoints.auth, "https://auth.sinch.com");
    }

    #[test]
    fn tokens_come_from_a_regional_host_on_request() {
        let settings = EndpointSettings {
            region: Some(Region::Us),
            regional_tokens: true,
            ..Default::default()
        };
        assert_eq!(
            &*resolve(&settings).unwrap().auth,
            "https://us.auth.sinch.com"
        );
        let brazil = EndpointSettings {
            region: Some(Region::Br),
            ..settings
        };
        assert_eq!(
            resolve(&brazil)
                .unwrap_err()
                .violations()
                .first()
                .unwrap()
                .field,
            "regional_tokens"
        );
    }

    #[test]
    fn without_a_region_every_host_has_to_be_given() {
        let mut settings = EndpointSettings::default();
        assert_eq!(
            resolve(&settings)
                .unwrap_err()
                .violations()
                .first()
                .unwrap()
                .field,
            "region"
        );
        settings.overrides = Service::ALL
            .map(|service| (service, "http://127.0.0.1:1/".to_owned()))
            .to_vec();
        assert_eq!(&*resolve(&settings).unwrap().auth, "http://127.0.0.1:1");
        settings.overrides.pop();
        assert!(resolve(&settings).is_err());
    }

    #[test]
    fn credentials_only_go_to_encrypted_or_loopback_addresses() {
        let safe = [
            "https://a.example",
            "https://a.example/base/",
            "http://localhost:1",
            "http://127.9.9.9",
            "http://[::1]:8",
        ];
        let unsafe_ = [
            "http://a.example",
            "http://10.0.0.1",
            "http://localhost.example",
            "ftp://localhost",
            "localhost:80",
            "",
            "https://user@a.example",
            "https://:pw@a.example",
            "https://a.example/?q=1",
            "https://a.example/#f",
            "http://127.0.0.1.example",
        ];
        for url in safe {
            assert_eq!(
                safe_base(url, &[]).as_deref(),
                Some(url.trim_end_matches('/')),
                "{url}"
            );
        }
        for url in unsafe_ {
            assert_eq!(safe_base(url, &[]), None, "{url}");
        }
    }

    #[test]
    fn plain_http_is_allowed_to_exactly_the_hosts_that_are_named() {
        let named = |url| safe_base(url, &["sandbox".to_owned(), "10.0.0.5".to_owned()]);
        for url in [
            "http://sandbox:8080",
            "http://SANDBOX/",
            "http://10.0.0.5:80/x",
        ] {
            assert!(named(url).is_some(), "{url}");
        }
        for url in [
            "http://sandbox.example",
            "http://my.sandbox",
            "http://sandbox@a.example",
            "http://a.example/sandbox",
            "http://10.0.0.50",
            "http://user@sandbox",
            "ftp://sandbox",
        ] {
            assert_eq!(named(url), None, "{url}");
        }
    }

    #[test]
    fn a_host_is_named_as_it_stands_in_an_address() {
        for host in ["sandbox", "Sandbox", "a.example", "10.0.0.5", "[fd00::1]"] {
            assert!(is_host(host), "{host}");
        }
        for other in [
            "",
            "*",
            "*.example",
            "sandbox:8080",
            "http://sandbox",
            "a/b",
            "u@a",
            " a",
            "a?b",
            "a#b",
        ] {
            assert!(!is_host(other), "{other}");
        }
    }
}
