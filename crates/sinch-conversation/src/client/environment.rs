//! Settings from the environment.

use super::builder::ClientBuilder;
use crate::endpoints::{HOST, Service, is_host};
use crate::error::{Error, Violations};
use crate::region::Region;

const PROJECT: &str = "SINCH_PROJECT_ID";
const KEY_ID: &str = "SINCH_KEY_ID";
const KEY_SECRET: &str = "SINCH_KEY_SECRET";
/// The first that is set counts.
const REGIONS: [&str; 2] = ["SINCH_CONVERSATION_REGION", "SINCH_REGION"];
const APP: &str = "SINCH_APP_ID";
const HTTP_HOSTS: &str = "SINCH_DANGER_ALLOW_HTTP_HOSTS";
const URLS: [(Service, &str); 4] = [
    (Service::Conversation, "SINCH_CONVERSATION_URL"),
    (Service::Template, "SINCH_TEMPLATE_URL"),
    (Service::Batch, "SINCH_BATCH_URL"),
    (Service::Auth, "SINCH_AUTH_URL"),
];

impl ClientBuilder {
    /// Reads the settings from the environment; see [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every variable that is missing or malformed.
    /// ```no_run
    /// use sinch_conversation::{Client, RateLimit};
    /// use sinch_conversation::client::ClientBuilder;
    ///
    /// # fn main() -> Result<(), sinch_conversation::Error> {
    /// let client = ClientBuilder::from_env()?.rate_limit(RateLimit::per_second(100)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Reads the settings as [`from_env`](Self::from_env) does, from another place than the environment: `variable`
    /// returns the value of a variable by its name. An empty value counts as a missing one.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use sinch_conversation::{Region, client::ClientBuilder};
    ///
    /// # fn main() -> Result<(), sinch_conversation::Error> {
    /// let file = HashMap::from([
    ///     ("SINCH_PROJECT_ID", "a project id"),
    ///     ("SINCH_KEY_ID", "a key id"),
    ///     ("SINCH_KEY_SECRET", "its secret"),
    ///     ("SINCH_CONVERSATION_REGION", "eu"),
    /// ]);
    /// let builder = ClientBuilder::from_variables(|name| file.get(name).map(ToString::to_string))?;
    /// assert_eq!(builder.build()?.region(), Some(Region::Eu));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`from_env`](Self::from_env).
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut violations = Violations::default();
        let lookup = |name| variable(name).filter(|value| !value.is_empty());
        let urls = URLS.map(|(service, name)| (service, lookup(name)));
        // A region only chooses hosts, so with all hosts given there is nothing for it to choose.
        let needs_region = urls.iter().any(|(_, url)| url.is_none());
        let mut required = |name| {
            lookup(name).unwrap_or_else(|| {
                violations.missing(name, "set this environment variable");
                String::new()
            })
        };
        let (project, key_id, key_secret) =
            (required(PROJECT), required(KEY_ID), required(KEY_SECRET));
        let region = REGIONS
            .into_iter()
            .find_map(|name| Some((name, lookup(name)?)));
        let region = match region {
            Some((name, region)) => read_region(name, &region, &mut violations),
            None if needs_region => {
                let [name, _] = REGIONS;
                violations.missing(name, "set this environment variable, or SINCH_REGION");
                None
            }
            None => None,
        };
        let http_hosts = lookup(HTTP_HOSTS).unwrap_or_default();
        let http_hosts = http_hosts.split(',').map(str::trim);
        let http_hosts = http_hosts.filter(|host| !host.is_empty());
        if !http_hosts.clone().all(is_host) {
            violations.malformed(HTTP_HOSTS, HOST);
        }
        violations.finish()?;

        let mut builder = ClientBuilder::default()
            .project(project)
            .access_key(key_id, key_secret);
        if let Some(region) = region {
            builder = builder.region(region);
        }
        for host in http_hosts {
            builder = builder.danger_allow_http_host(host);
        }
        for (service, url) in urls {
            if let Some(url) = url {
                builder = builder.endpoint(service, url);
            }
        }
        Ok(match lookup(APP) {
            Some(app) => builder.default_app(app),
            None => builder,
        })
    }
}

fn read_region(variable: &'static str, text: &str, violations: &mut Violations) -> Option<Region> {
    let region = text.parse().ok();
    if region.is_none() {
        violations.malformed(variable, "`us`, `eu` or `br`");
    }
    region
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(&str, &str); 5] = [
        (PROJECT, "p"),
        (KEY_ID, "key"),
        (KEY_SECRET, "s3cret"),
        (REGIONS[0], "eu"),
        (APP, "01APP"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<ClientBuilder, Error> {
        ClientBuilder::from_variables(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn all_variables_make_a_client() {
        let client = read(&ALL).unwrap().build().unwrap();
        assert_eq!(client.project().as_str(), "p");
        assert_eq!(client.region(), Some(Region::Eu));
        assert_eq!(client.default_app().id().unwrap().as_str(), "01APP");
    }

    #[test]
    fn with_the_address_of_every_service_no_region_is_needed() {
        let mut variables = ALL[..3].to_vec();
        variables.extend(URLS.map(|(_, name)| (name, "http://127.0.0.1:8080")));
        let client = read(&variables).unwrap().build().unwrap();
        assert_eq!(client.region(), None);

        // Each is used: one that cannot be is refused.
        for place in 3..variables.len() {
            let mut wrong = variables.clone();
            wrong[place].1 = "http://example.com";
            assert!(read(&wrong).unwrap().build().is_err(), "{}", wrong[place].0);
        }

        variables.pop();
        let error = read(&variables).unwrap_err();
        assert_eq!(error.violations().first().unwrap().field, REGIONS[0]);
    }

    #[test]
    fn plain_http_is_allowed_to_the_hosts_that_a_variable_names() {
        let mut variables = ALL[..3].to_vec();
        variables.extend(URLS.map(|(_, name)| (name, "http://sandbox:8080")));
        assert!(read(&variables).unwrap().build().is_err());
        for hosts in ["sandbox", "other, sandbox ,"] {
            let named = [&variables[..], &[(HTTP_HOSTS, hosts)]].concat();
            read(&named).unwrap().build().unwrap();
        }
        let named = [&variables[..], &[(HTTP_HOSTS, "sandbox,http://a")]].concat();
        let error = read(&named).unwrap_err();
        assert_eq!(error.violations().first().unwrap().field, HTTP_HOSTS);
    }

    #[test]
    fn the_app_may_be_left_out() {
        let client = read(&ALL[..4]).unwrap().build().unwrap();
        let error = client.default_app().id().unwrap_err();
        assert!(error.to_string().contains(APP), "{error}");
    }

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let error = read(&[(KEY_ID, ""), (APP, "01APP")]).unwrap_err();
        let fields: Vec<_> = error
            .violations()
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(fields, [PROJECT, KEY_ID, KEY_SECRET, REGIONS[0]]);
    }

    #[test]
    fn the_region_of_other_sinch_tools_is_the_second_choice() {
        let mut variables = ALL;
        variables[3] = ("SINCH_REGION", "br");
        let client = read(&variables).unwrap().build().unwrap();
        assert_eq!(client.region(), Some(Region::Br));

        let both = [&ALL[..], &[("SINCH_REGION", "br")]].concat();
        let client = read(&both).unwrap().build().unwrap();
        assert_eq!(client.region(), Some(Region::Eu));

        variables[3].1 = "apac";
        let error = read(&variables).unwrap_err();
        assert_eq!(error.violations().first().unwrap().field, "SINCH_REGION");
        let error = read(&ALL[..3]).unwrap_err();
        assert!(error.to_string().contains("SINCH_REGION"), "{error}");
    }

    #[test]
    fn a_region_is_never_guessed() {
        let mut variables = ALL;
        variables[3].1 = "mars";
        let error = read(&variables).unwrap_err();
        assert_eq!(error.violations().first().unwrap().field, REGIONS[0]);
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}
