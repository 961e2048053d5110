//! What a 401 says about the token.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// Whether the response says that the token expired, or names no reason, so that a new token may be accepted.
///
/// A header with `error="invalid_token"` and no description names no reason: the code covers expired, revoked
/// and malformed tokens alike.
pub(crate) fn asks_for_new_token(headers: &HeaderMap, message: &str) -> bool {
    let challenge: Vec<String> = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase())
        .collect();
    if challenge.iter().any(|text| text.contains("expired"))
        || message.to_lowercase().contains("expired")
    {
        return true;
    }
    !challenge.iter().any(|text| gives_another_reason(text))
}

fn gives_another_reason(challenge: &str) -> bool {
    let unspecific = ["", "invalid_token"];
    parameter(challenge, "error_description").is_some_and(|text| !text.is_empty())
        || parameter(challenge, "error").is_some_and(|code| !unspecific.contains(&code))
}

/// The value of a parameter of the challenge, without its quotes.
fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    challenge.match_indices(name).find_map(|(at, _)| {
        let (before, rest) = (challenge.get(..at)?, challenge.get(at + name.len()..)?);
        let starts = before.is_empty() || before.ends_with([' ', ',', '\t']);
        let value = rest
            .trim_start()
            .strip_prefix('=')
            .filter(|_| starts)?
            .trim_start();
        match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => value.split([',', ' ']).next(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(challenge: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, challenge.parse().unwrap());
        asks_for_new_token(&headers, "")
    }

    #[test]
    fn an_expired_token_is_renewed() {
        assert!(asks(
            r#"Bearer error="invalid_token", error_description="Jwt expired at 2024-07-08T22:12:28Z""#
        ));
        assert!(asks(
            r#"Bearer realm="sinch", error="invalid_token", error_description="expired""#
        ));
        assert!(asks("Bearer error_description=\"Token Expired\""));
        assert!(asks_for_new_token(&HeaderMap::new(), "token expired"));
    }

    #[test]
    fn a_refusal_without_a_reason_is_renewed() {
        assert!(asks_for_new_token(&HeaderMap::new(), ""));
        assert!(asks("Bearer"));
        assert!(asks(r#"Bearer realm="sinch""#));
        assert!(asks(r#"Bearer error="invalid_token""#));
        assert!(asks("Bearer error=invalid_token, error_description=\"\""));
    }

    #[test]
    fn another_reason_is_final() {
        assert!(!asks(r#"Bearer error="insufficient_scope""#));
        assert!(!asks("Bearer error = insufficient_scope"));
        assert!(!asks(
            r#"Bearer error="invalid_token", error_description="bad signature""#
        ));
    }
}
