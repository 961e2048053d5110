//! Decoding and encoding a page of messages, also against the official SDKs.

use serde_json::Value;
use sinch_conversation::raw::wire::Wire;
use sinch_conversation::types::ListMessagesResponse;

use super::peers::{Peer, SDKS};
use crate::Failure;
use crate::fixtures::{PAGE_SIZE, page};
use crate::measure::{Comparison, MeasureOptions, alternate, alternate_cold, time};
use crate::report::Report;

const OPERATIONS: u32 = 100;

pub(super) async fn run(options: &MeasureOptions) -> Result<Report, Failure> {
    let operations = options.operations.unwrap_or(OPERATIONS);
    let text = page("next");
    let untyped: Value = serde_json::from_str(&text)?;
    let typed = ListMessagesResponse::from_json(text.as_bytes())?;
    if typed.to_value() != untyped {
        return Err("the page is not written as it was read".into());
    }

    let decode = alternate(
        options.rounds,
        async || repeat(operations, || serde_json::from_str::<Value>(&text)),
        async || {
            repeat(operations, || {
                ListMessagesResponse::from_json(text.as_bytes())
            })
        },
    );
    let mut rows = Vec::from(decode.await?.per_operation("decode", operations, 0.8));
    let encode = alternate(
        options.rounds,
        async || repeat(operations, || serde_json::to_string(&untyped)),
        async || repeat(operations, || Ok::<_, Failure>(typed.to_json())),
    );
    rows.extend(encode.await?.per_operation("encode", operations, 1.0));
    for sdk in SDKS {
        if let Some(peer) = Peer::start(sdk, &text, options.installed_only)? {
            rows.extend(against(peer, options.rounds, operations, &text).await?);
        }
    }
    Ok(Report {
        case: "decode",
        round: format!(
            "{} rounds of {operations} pages of {PAGE_SIZE} messages and {} bytes, time of a page",
            options.rounds,
            text.len()
        ),
        base: "Value, or the SDK",
        rows,
    })
}

/// Decodes a page in turns with an SDK; the times are those of a message.
async fn against(
    mut peer: Peer,
    rounds: u32,
    operations: u32,
    text: &str,
) -> Result<[Comparison; 2], Failure> {
    let mut decode = async || {
        repeat(operations, || {
            ListMessagesResponse::from_json(text.as_bytes())
        })
    };
    // Also lets the SDK's virtual machine compile what it wants to.
    peer.decode(operations)?;
    decode().await?;
    let what = format!("a message, {}", peer.name());
    let rounds = alternate_cold(
        rounds,
        async || peer.decode(operations),
        async || time(&mut decode).await,
    );
    Ok(rounds
        .await?
        .per_operation(&what, operations * PAGE_SIZE, 1.0))
}

fn repeat<T, E: Into<Failure>>(times: u32, work: impl Fn() -> Result<T, E>) -> Result<(), Failure> {
    for _ in 0..times {
        std::hint::black_box(work().map_err(Into::into)?);
    }
    Ok(())
}
