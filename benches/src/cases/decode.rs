//! Decoding and encoding a page of messages.

use serde_json::Value;
use sinch_conversation::raw::wire::Wire;
use sinch_conversation::types::ListMessagesResponse;

use crate::Failure;
use crate::fixtures::{PAGE_SIZE, page};
use crate::measure::{MeasureOptions, alternate};
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
    Ok(Report {
        case: "decode",
        round: format!(
            "{} rounds of {operations} pages of {PAGE_SIZE} messages and {} bytes, time of a page",
            options.rounds,
            text.len()
        ),
        base: "Value",
        rows,
    })
}

fn repeat<T, E: Into<Failure>>(times: u32, work: impl Fn() -> Result<T, E>) -> Result<(), Failure> {
    for _ in 0..times {
        std::hint::black_box(work().map_err(Into::into)?);
    }
    Ok(())
}
