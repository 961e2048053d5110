//! Verifying the signature of a callback and decoding it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use serde_json::Value;
use sha2::Sha256;
use sinch_conversation::webhook::{Event, Verifier};

use crate::Failure;
use crate::fixtures::callbacks;
use crate::measure::{MeasureOptions, alternate};
use crate::report::Report;

const OPERATIONS: u32 = 60_000;
const SECRET: &str = "the secret of the webhook";

pub(super) async fn run(options: &MeasureOptions) -> Result<Report, Failure> {
    let operations = options.operations.unwrap_or(OPERATIONS);
    let verifier = Verifier::new([SECRET])?;
    let key = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).map_err(|_| "a bad key")?;
    let signed = callbacks().map(|body| (verifier.sign_for_test(body.as_bytes()), body));
    let many = || signed.iter().cycle().zip(0..operations);

    let rounds = alternate(
        options.rounds,
        async || {
            for ((headers, body), _) in many() {
                std::hint::black_box(untyped(&key, headers, body.as_bytes())?);
            }
            Ok(())
        },
        async || {
            for ((headers, body), _) in many() {
                std::hint::black_box(typed(&verifier, headers, body.as_bytes())?);
            }
            Ok(())
        },
    );
    let rows = rounds.await?.per_operation("a callback", operations, 1.1);
    Ok(Report {
        case: "webhook",
        round: format!(
            "{} rounds of {operations} callbacks of three kinds, time of one",
            options.rounds
        ),
        base: "HMAC, Value",
        rows: rows.into(),
    })
}

/// Verifies and decodes, including the typed event in case it is decoded lazily.
fn typed(verifier: &Verifier, headers: &HeaderMap, body: &[u8]) -> Result<Event, Failure> {
    let event = verifier.event(headers, body)?;
    std::hint::black_box(event.typed());
    Ok(event)
}

fn untyped(key: &Hmac<Sha256>, headers: &HeaderMap, body: &[u8]) -> Result<Value, Failure> {
    let header = |name: &str| headers.get(name).ok_or("a header is missing");
    let code = key
        .clone()
        .chain_update(body)
        .chain_update(b".")
        .chain_update(header("x-sinch-webhook-signature-nonce")?)
        .chain_update(b".")
        .chain_update(header("x-sinch-webhook-signature-timestamp")?);
    let signature = BASE64_STANDARD.decode(header("x-sinch-webhook-signature")?)?;
    code.verify_slice(&signature)
        .map_err(|_| "a wrong signature")?;
    Ok(serde_json::from_slice(body)?)
}
