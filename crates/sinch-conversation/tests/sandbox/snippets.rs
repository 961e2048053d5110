//! The code that the sandbox's page offers for requests, which a test of the sandbox writes: it compiles, and each piece
//! makes a request of its operation.

use std::collections::BTreeSet;
use std::env::VarError;

use sinch_conversation::raw::OPERATIONS;
use sinch_conversation::{Client, Region, Service};
use sinch_conversation_sandbox::Sandbox;

type Called = Result<(), Box<dyn std::error::Error>>;

include!("snippets.in");

#[tokio::test]
async fn the_code_of_every_operation_calls_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let at = sandbox.endpoints();
    let client = Client::builder()
        .region(Region::Eu)
        .project(at.project_id())
        .access_key(at.key_id(), at.key_secret())
        .endpoints(at.conversation())
        .endpoint(Service::Batch, at.batch())
        .build()
        .unwrap();
    let called = call_all(&client).await;
    let reached: BTreeSet<&str> = sandbox
        .requests()
        .iter()
        .filter_map(|request| request.operation)
        .collect();
    for (operation, outcome) in &called {
        // Most samples have an empty body, which some types refuse, and one has a secret, which is no variable here.
        let refused = outcome.as_ref().err();
        let is_incomplete =
            refused.is_some_and(|error| error.is::<serde_json::Error>() || error.is::<VarError>());
        assert!(
            reached.contains(operation) != is_incomplete,
            "{operation}: {outcome:?}"
        );
    }
    for operation in ["Messages_SendMessage", "Messages_ListMessages"] {
        assert!(reached.contains(operation), "{operation}");
    }
    assert_eq!(called.len(), OPERATIONS.len());
}
