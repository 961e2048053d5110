//! Listing messages, page by page.

use futures_util::TryStreamExt;
use serde_json::Value;
use sinch_conversation::AppId;
use sinch_conversation::resources::AppHandle;

use crate::Failure;
use crate::client::{APP, PROJECT, bare, client};
use crate::fixtures::PAGE_SIZE;
use crate::machine::Machine;
use crate::measure::{MeasureOptions, alternate};
use crate::report::Report;
use crate::stub::{PAGES, Stub};

const OPERATIONS: u32 = 50;
const MESSAGES: u32 = PAGES * PAGE_SIZE;

pub(super) async fn run(options: &MeasureOptions, machine: &Machine) -> Result<Report, Failure> {
    let stub = Stub::start(machine)?;
    let operations = options.operations.unwrap_or(OPERATIONS);
    let http = bare()?;
    let app = client(&stub.url)?.app(AppId::new(APP)?);
    same_requests(&stub, &http, &app).await?;

    let rounds = alternate(
        options.rounds,
        async || {
            for _ in 0..operations {
                list_untyped(&http, &stub.url).await?;
            }
            Ok(())
        },
        async || {
            for _ in 0..operations {
                list_typed(&app).await?;
            }
            Ok(())
        },
    );
    let rows = rounds
        .await?
        .per_operation("a message", operations * MESSAGES, 0.9);
    Ok(Report {
        case: "list",
        round: format!(
            "{} rounds of {operations} lists of {PAGES} pages of {PAGE_SIZE} messages, time of a message",
            options.rounds
        ),
        base: "bare reqwest, Value",
        rows: rows.into(),
    })
}

async fn same_requests(
    stub: &Stub,
    http: &reqwest::Client,
    app: &AppHandle,
) -> Result<(), Failure> {
    list_untyped(http, &stub.url).await?;
    let untyped = stub.last().await?;
    list_typed(app).await?;
    let typed = stub.last().await?;
    if untyped != typed {
        return Err(format!("the sides do not ask for the same: {untyped:?}, {typed:?}").into());
    }
    Ok(())
}

async fn list_typed(app: &AppHandle) -> Result<(), Failure> {
    let mut messages = app
        .messages()
        .page_size(PAGE_SIZE.try_into()?)
        .into_stream();
    let mut count = 0;
    while let Some(message) = messages.try_next().await? {
        std::hint::black_box(message);
        count += 1;
    }
    all(count)
}

async fn list_untyped(http: &reqwest::Client, url: &str) -> Result<(), Failure> {
    let url = format!("{url}/v1/projects/{PROJECT}/messages");
    let mut token = String::new();
    let mut count = 0;
    loop {
        let mut query = vec![
            ("app_id", APP.to_owned()),
            ("page_size", PAGE_SIZE.to_string()),
        ];
        if !token.is_empty() {
            query.push(("page_token", token));
        }
        let request = http.get(&url).query(&query).bearer_auth("t");
        let response = request.send().await?.error_for_status()?;
        let mut page: Value = response.json().await?;
        if let Some(Value::Array(messages)) = page.get_mut("messages").map(Value::take) {
            for message in messages {
                std::hint::black_box(message);
                count += 1;
            }
        }
        token = match page.get("next_page_token").and_then(Value::as_str) {
            Some(next) if !next.is_empty() => next.to_owned(),
            _ => return all(count),
        };
    }
}

fn all(count: u32) -> Result<(), Failure> {
    if count == MESSAGES {
        Ok(())
    } else {
        Err(format!("{count} messages listed, {MESSAGES} expected").into())
    }
}
