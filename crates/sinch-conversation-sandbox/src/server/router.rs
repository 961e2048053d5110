//! Finds the operation of a request. The routes come from the operations of the documents, so a new operation has a
//! route (and responds with 501) before it is implemented.
//!
//! Paths such as `/contacts/{id}:merge` have a verb behind a colon in the same segment, which common routers do not
//! support.

use std::borrow::Cow;

use axum::http::Uri;

use crate::api::call::Params;

/// The method and path of an operation, with `{name}` for the variable parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    /// A prefix of the path, which distinguishes documents that share paths.
    pub(crate) prefix: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a, T> {
    Operation(&'a T, Params),
    OtherMethods(Vec<&'static str>),
    Nothing,
}

/// All routes, the most literal first.
pub(crate) struct Routes<T> {
    patterns: Vec<Pattern<T>>,
}

struct Pattern<T> {
    method: &'static str,
    segments: Vec<Segment>,
    operation: T,
}

/// A part of a path between slashes.
enum Segment {
    Literal(&'static str),
    /// `{name}:verb`, the verb with its colon.
    Variable(&'static str, &'static str),
}

impl<T> Routes<T> {
    pub(crate) fn new(routes: impl IntoIterator<Item = (Route, T)>) -> Self {
        let mut routes: Vec<_> = routes.into_iter().collect();
        routes.sort_by_key(|(route, _)| std::cmp::Reverse(literal_length(route.path)));
        let pattern = |(route, operation): (Route, T)| Pattern {
            method: route.method,
            segments: segments(route),
            operation,
        };
        Self {
            patterns: routes.into_iter().map(pattern).collect(),
        }
    }

    pub(crate) fn find(&self, method: &str, path: &str) -> Found<'_, T> {
        let path: Vec<&str> = path.split('/').collect();
        let mut others = Vec::new();
        for pattern in self.patterns.iter().filter(|pattern| pattern.fits(&path)) {
            let Some(params) = pattern.params(&path) else {
                continue;
            };
            if pattern.method == method {
                return Found::Operation(&pattern.operation, params);
            }
            others.push(pattern.method);
        }
        if others.is_empty() {
            Found::Nothing
        } else {
            Found::OtherMethods(others)
        }
    }
}

fn literal_length(template: &str) -> usize {
    template
        .split('/')
        .filter_map(|segment| segment.rsplit('}').next())
        .map(str::len)
        .sum()
}

fn segments(route: Route) -> Vec<Segment> {
    let behind = route.path.split('/').skip(1);
    let all = route.prefix.split('/').chain(behind);
    all.map(Segment::of).collect()
}

impl<T> Pattern<T> {
    /// Returns whether a path has these segments, without decoding it.
    fn fits(&self, path: &[&str]) -> bool {
        let mut pairs = self.segments.iter().zip(path);
        self.segments.len() == path.len() && pairs.all(|(segment, found)| segment.fits(found))
    }

    fn params(&self, path: &[&str]) -> Option<Params> {
        let pairs = self.segments.iter().zip(path);
        let values = pairs.filter_map(|(segment, found)| segment.value(found));
        values
            .map(|(name, value)| Some((name, percent_decode(value)?.into_owned())))
            .collect()
    }
}

impl Segment {
    fn of(template: &'static str) -> Self {
        let variable = template
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'));
        match variable {
            Some((name, verb)) => Self::Variable(name, verb),
            None => Self::Literal(template),
        }
    }

    fn fits(&self, found: &str) -> bool {
        match self {
            Self::Literal(text) => *text == found,
            Self::Variable(_, verb) => found.len() > verb.len() && found.ends_with(verb),
        }
    }

    fn value<'a>(&self, found: &'a str) -> Option<(&'static str, &'a str)> {
        match self {
            Self::Literal(_) => None,
            Self::Variable(name, verb) => Some((name, found.strip_suffix(verb)?)),
        }
    }
}

/// Decodes the unreserved characters of a path, which does not change its meaning (RFC 3986, 6.2.2.2).
pub(crate) fn simplify(uri: &mut Uri) {
    if !uri.path().contains('%') {
        return;
    }
    let mut path = plain(uri.path());
    if let Some(query) = uri.query() {
        path.push('?');
        path.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = path.parse().ok();
    if let Ok(simplified) = Uri::from_parts(parts) {
        *uri = simplified;
    }
}

fn plain(path: &str) -> String {
    let mut parts = path.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        match unreserved(code) {
            Some(character) => plain.push(character),
            None => {
                plain.push('%');
                plain.push_str(code);
            }
        }
        plain.push_str(rest);
    }
    plain
}

/// Returns the character with this code, in two hexadecimal digits, if it is unreserved.
fn unreserved(code: &str) -> Option<char> {
    let mut digits = code.chars().map(|digit| digit.to_digit(16));
    let (high, low, None) = (digits.next()??, digits.next()??, digits.next()) else {
        return None;
    };
    let character = char::from_u32(high * 16 + low)?;
    (character.is_ascii_alphanumeric() || "-._~".contains(character)).then_some(character)
}

/// Percent-decodes a string; `None` if the result is not UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let high = char::from(bytes.next()?).to_digit(16)?;
        let low = char::from(bytes.next()?).to_digit(16)?;
        decoded.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes<&'static str> {
        let place = |prefix, method, path| Route {
            prefix,
            method,
            path,
        };
        Routes::new([
            (place("", "GET", "/v1/projects/{p}/contacts"), "list"),
            (place("", "POST", "/v1/projects/{p}/contacts"), "create"),
            (
                place("", "GET", "/v1/projects/{p}/contacts/{contact_id}"),
                "get",
            ),
            (
                place(
                    "",
                    "POST",
                    "/v1/projects/{p}/contacts/{destination_id}:merge",
                ),
                "merge",
            ),
            (
                place("", "GET", "/v1/projects/{p}/contacts:identityConflicts"),
                "conflicts",
            ),
            (
                place("", "GET", "/v1/projects/{p}/apps/{a}/consents/{list}"),
                "consents",
            ),
            (
                place(
                    "",
                    "GET",
                    "/v1/projects/{p}/apps/{a}/consents/identities/{identity}",
                ),
                "audit",
            ),
            (place("/batch", "GET", "/v1/projects/{p}/contacts"), "batch"),
        ])
    }

    #[track_caller]
    fn found(method: &str, path: &str) -> (&'static str, Vec<String>) {
        match routes().find(method, path) {
            Found::Operation(name, params) => {
                (name, params.into_iter().map(|(_, value)| value).collect())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn finds_verbs_behind_a_colon() {
        assert_eq!(
            found("POST", "/v1/projects/p/contacts/C1:merge"),
            ("merge", vec!["p".into(), "C1".into()])
        );
        assert_eq!(
            found("GET", "/v1/projects/p/contacts:identityConflicts").0,
            "conflicts"
        );
        assert_eq!(found("GET", "/v1/projects/p/contacts").0, "list");
    }

    #[test]
    fn an_encoded_colon_stays_in_the_id() {
        let (name, params) = found("GET", "/v1/projects/p/contacts/C1%3Amerge");
        assert_eq!((name, params.last().unwrap().as_str()), ("get", "C1:merge"));
        assert_eq!(
            routes().find("POST", "/v1/projects/p/contacts/C1%3Amerge"),
            Found::OtherMethods(vec!["GET"])
        );
    }

    #[test]
    fn letters_need_no_encoding() {
        for (path, simple) in [
            ("/v1/%70rojects/p", "/v1/projects/p"),
            ("/%61%2Fb%3a%7e?%61=%62", "/a%2Fb%3a~?%61=%62"),
            ("/%2e%2E/%25%41", "/../%25A"),
            ("/%+1/%4/%4g/%zz/%", "/%+1/%4/%4g/%zz/%"),
            ("/%c3%a5%C3", "/%c3%a5%C3"),
            ("http://localhost/%61", "http://localhost/a"),
        ] {
            let mut uri: Uri = path.parse().unwrap();
            simplify(&mut uri);
            assert_eq!(uri.to_string(), simple);
        }
    }

    #[test]
    fn prefixes_tell_documents_apart() {
        assert_eq!(found("GET", "/batch/v1/projects/p/contacts").0, "batch");
    }

    #[test]
    fn refuses_what_is_not_there() {
        for path in [
            "/",
            "",
            "/v1/projects//contacts",
            "/v1/projects/p/contacts/",
            "/v1/projects/p/contacts/a/b",
            "/v1/projects/%FF/contacts",
            "/v1/projects/%4/contacts",
            "/v1/projects/p/contacts/:merge/x",
        ] {
            assert_eq!(routes().find("GET", path), Found::Nothing, "{path}");
        }
        assert_eq!(
            routes().find("DELETE", "/v1/projects/p/contacts"),
            Found::OtherMethods(vec!["GET", "POST"])
        );
    }

    #[test]
    fn decodes_ids() {
        assert_eq!(
            found(
                "GET",
                "/v1/projects/p/apps/a/consents/identities/%2B46%20%C3%A5"
            )
            .1
            .last()
            .unwrap(),
            "+46 å"
        );
    }
}
