//! `--verbose`: requests and responses on stderr.

use std::io::Write;
use std::time::Instant;

use crate::secrets::hide;
use sinch_conversation::middleware::{AttemptFuture, AttemptRequest, Middleware, Next};

/// Shows each attempt. Headers are left out, since one of them is the credential.
pub(super) struct Trace;

impl Middleware for Trace {
    fn handle(&self, request: AttemptRequest, next: Next) -> AttemptFuture<'_> {
        Box::pin(async move {
            let again = match request.attempt() {
                1 => String::new(),
                number => format!(" (attempt {number})"),
            };
            show(&format!("> {} {}{again}", request.method(), request.url()));
            show_body("> ", request.body());
            let start = Instant::now();
            let result = next.run(request).await;
            let took = start.elapsed().as_millis();
            match &result {
                Ok(response) => {
                    show(&format!("< {} in {took} ms", response.status));
                    show_body("< ", &response.body);
                }
                Err(error) => show(&format!("< {error} after {took} ms")),
            }
            result
        })
    }
}

fn show(line: &str) {
    // Nothing is to be done when stderr is closed.
    let _ = writeln!(anstream::stderr(), "{line}");
}

fn show_body(prefix: &str, body: &[u8]) {
    if body.is_empty() {
        return;
    }
    match serde_json::from_slice(body) {
        Ok(mut json) => {
            hide(&mut json);
            show(&format!("{prefix}{json}"));
        }
        Err(_) => show(&format!("{prefix}({} bytes)", body.len())),
    }
}
