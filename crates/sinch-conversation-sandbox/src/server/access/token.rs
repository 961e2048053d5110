//! Access tokens: JWTs signed with HMAC-SHA256, since clients read `exp` from them to renew in time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use serde::{Deserialize, Serialize};

use crate::core::seal::Seal;

/// The claims of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    /// The key id that the token was issued for.
    pub(crate) sub: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
    /// The generation of tokens that this one belongs to; only the current one is valid.
    #[serde(rename = "gen")]
    pub(crate) generation: u64,
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Encodes and signs claims.
pub(crate) fn encode(claims: &Claims, seal: &Seal) -> String {
    let claims = serde_json::to_string(claims).unwrap_or_default();
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(HEADER),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = seal
        .mac(&signed)
        .map(|mac| URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    format!("{signed}.{}", signature.unwrap_or_default())
}

/// Returns the claims of a token that was signed with this key; `None` for anything else.
pub(crate) fn decode(token: &str, seal: &Seal) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    seal.mac(signed)?.verify_slice(&signature).ok()?;
    let (_, claims) = signed.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(key: &str) -> Seal {
        Seal::new(key.as_bytes().to_vec())
    }

    fn claims() -> Claims {
        Claims {
            iss: "sandbox".into(),
            sub: "key".into(),
            iat: 1,
            exp: 3601,
            jti: "01".into(),
            generation: 0,
        }
    }

    #[test]
    fn a_token_says_what_was_put_in() {
        let token = encode(&claims(), &seal("secret"));
        assert_eq!(decode(&token, &seal("secret")).unwrap(), claims());
        assert_eq!(token.split('.').count(), 3);
    }

    #[test]
    fn another_key_or_a_changed_token_is_refused() {
        let token = encode(&claims(), &seal("secret"));
        assert_eq!(decode(&token, &seal("other")), None);
        for place in [0, token.len() / 2, token.len() - 1] {
            let mut bytes = token.clone().into_bytes();
            let byte = bytes.get_mut(place).unwrap();
            *byte = if *byte == b'A' { b'B' } else { b'A' };
            assert_eq!(
                decode(&String::from_utf8(bytes).unwrap(), &seal("secret")),
                None,
                "{place}"
            );
        }
        for junk in ["", ".", "..", "a.b.c", "token"] {
            assert_eq!(decode(junk, &seal("secret")), None, "{junk}");
        }
    }
}
