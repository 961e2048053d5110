//! Answers that are far too large, and those that are just not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sinch_conversation::error::{ErrorKind, TimeLimit};
use sinch_conversation::metrics::{FinishedAttempt, FinishedCall, Metrics};
use sinch_conversation::{Client, Error, RetryPolicy};

use super::child;
use crate::server::{Act, Server};
use crate::{always, builder, client, good, message_id};

/// A list of many small things, of about this many bytes.
fn many_small(bytes: usize) -> String {
    let item = r#"{"id":"01","x":{"a":{"b":0}}},"#;
    format!(
        r#"{{"messages":[{}{{"id":"02"}}]}}"#,
        item.repeat(bytes / item.len())
    )
}

#[tokio::test]
async fn an_error_without_end_is_an_error_with_its_status() {
    for status in [400, 404, 500] {
        let server = always(Act::Endless {
            status,
            text: r#"{"error": {"message": "#,
        })
        .await;
        let error = client(&server).messages().get(message_id()).await;
        let error = error.unwrap_err();
        assert_eq!(error.status().unwrap(), status, "{error:?}");
        assert_eq!(error.is_retryable(), status == 500);
        assert_eq!(error.attempts(), if status == 500 { 4 } else { 1 });
    }
}

/// Asks for what the role says, and prints how much memory that took.
fn ask(role: &str) {
    let (what, url) = role.split_once(' ').unwrap();
    let before = child::peak();
    child::block_on(async {
        let client = builder(url).retry(RetryPolicy::never()).build().unwrap();
        match what {
            // All are kept, as in the outcomes of a run over many recipients.
            "errors" => {
                let mut errors: Vec<Error> = Vec::new();
                for _ in 0..20 {
                    errors.push(client.messages().get(message_id()).await.unwrap_err());
                }
                assert!(errors.iter().all(|error| error.status().is_some()));
            }
            "page" => {
                let page = client.messages().list().page().await.unwrap();
                println!("{} items", page.items.len());
            }
            "list" => {
                let error = client.messages().list().page().await.unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error:?}");
            }
            other => panic!("{other}"),
        }
    });
    println!(
        "grew by {} MiB",
        child::peak().unwrap_or(0) - before.unwrap_or(0)
    );
}

/// How many MiB a client needs for what the role says.
async fn growth(test: &'static str, what: &'static str, act: Act) -> u64 {
    let server = always(act).await;
    let role = format!("{what} {}", server.url);
    let output = tokio::task::spawn_blocking(move || child::run(test, &role, &[]));
    let output = output.await.unwrap();
    let grown = output.split("grew by ").nth(1).unwrap();
    grown.split(' ').next().unwrap().parse().unwrap()
}

const ERRORS: &str = "hostile::sizes::errors_that_are_kept_take_little_memory";

#[test]
fn errors_that_are_kept_take_little_memory() {
    if let Some(role) = child::role() {
        return ask(&role);
    }
    let details = format!(
        r#"{{"error": {{"details": [{}{{}}]}}}}"#,
        r#"{"a":0},"#.repeat(7_000)
    );
    let flood = format!(
        r#"{{"error": {{"details": [{}{{}}]}}}}"#,
        r#"{"a":0},"#.repeat(1 << 20)
    );
    let grown = async |body: String| growth(ERRORS, "errors", Act::reply(400, body)).await;
    let (details, flood) = child::alongside(async || (grown(details).await, grown(flood).await));
    assert!(details < 64 && flood < 64, "{details} MiB, {flood} MiB");
}

const LISTS: &str = "hostile::sizes::an_answer_of_many_small_values_takes_bounded_memory";

#[test]
fn an_answer_of_many_small_values_takes_bounded_memory() {
    if let Some(role) = child::role() {
        return ask(&role);
    }
    let too_large = Act::reply(200, many_small(60 << 20));
    let too_many = Act::reply(200, many_small(15 << 20));
    let just_not = Act::reply(200, many_small(2 << 20));
    let grown = child::alongside(async || {
        [
            growth(LISTS, "list", too_large).await,
            growth(LISTS, "list", too_many).await,
            growth(LISTS, "page", just_not).await,
        ]
    });
    println!("{grown:?} MiB");
    assert!(
        grown[0] < 64 && grown[1] < 128 && grown[2] < 512,
        "{grown:?} MiB"
    );
}

/// Does something when an attempt has its whole answer, before that is read.
struct AtArrival<F>(F);

impl<F: Fn() + Send + Sync + 'static> Metrics for AtArrival<F> {
    fn attempt_finished(&self, _: &FinishedAttempt) {
        (self.0)();
    }

    fn call_finished(&self, _: &FinishedCall) {}
}

async fn large() -> Server {
    let body = many_small(1 << 20);
    Server::start(move |request, _| match request.is_token() {
        true => good(&request.path),
        false => Act::reply(200, &body),
    })
    .await
}

fn client_with(server: &Server, at_arrival: impl Fn() + Send + Sync + 'static) -> Client {
    let builder = builder(&server.url).metrics(AtArrival(at_arrival));
    builder.build().unwrap()
}

#[tokio::test]
async fn others_go_on_while_a_large_answer_is_read() {
    let server = large().await;
    let (steps, at_arrival) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let client = client_with(&server, {
        let (steps, at_arrival) = (Arc::clone(&steps), Arc::clone(&at_arrival));
        move || at_arrival.store(steps.load(Ordering::SeqCst), Ordering::SeqCst)
    });
    let other = tokio::spawn({
        let steps = Arc::clone(&steps);
        async move {
            loop {
                steps.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        }
    });
    // There is one thread for all tasks here.
    let page = client.messages().list().page().await.unwrap();
    let now = steps.load(Ordering::SeqCst);
    other.abort();
    assert!(page.items.len() > 10_000);
    assert!(now > at_arrival.load(Ordering::SeqCst) + 1, "{now}");
}

#[tokio::test]
async fn the_time_limit_of_a_call_holds_for_reading_its_answer_too() {
    let server = large().await;
    let limit = Duration::from_secs(2);
    let client = client_with(&server, move || std::thread::sleep(limit));
    let options = sinch_conversation::CallOptions::default().timeout(limit);
    let error = client
        .with_options(options)
        .messages()
        .list()
        .page()
        .await
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Timeout(TimeLimit::Call)),
        "{error:?}"
    );
    assert!(error.may_have_been_processed());
}

#[tokio::test]
async fn the_most_that_is_read_of_a_success_can_be_set() {
    let body = many_small(100_000);
    for (most, fits) in [(body.len() - 1, false), (body.len(), true)] {
        let server = always(Act::reply(200, &body)).await;
        let client = builder(&server.url).max_response_size(most);
        let page = client.build().unwrap().messages().list().page().await;
        assert_eq!(page.is_ok(), fits, "{most}");
        if let Err(error) = page {
            let text = error.to_string();
            assert!(
                text.contains(&format!("longer than {most} bytes")),
                "{text}"
            );
            assert!(text.contains("max_response_size"), "{text}");
            assert_eq!((error.attempts(), error.is_retryable()), (1, false));
        }
    }
}
