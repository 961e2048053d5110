//! Every operation with every fault: the server sees as many requests as the policy allows, and no more.

use futures_util::future::join_all;
use sinch_conversation::CallOptions;
use sinch_conversation_raw::OperationId;

use crate::coverage::{Call, calls};
use crate::faults::{Policy, client_for, faults};
use crate::good;
use crate::server::{Act, Server};

/// How many requests a call makes of a server that answers the first with a fault and refuses all others.
async fn requests(call: Call, fault: &Act) -> usize {
    let act = fault.clone();
    let server = Server::start(move |request, number| match number {
        _ if request.is_token() => good(&request.path),
        0 => act.clone(),
        _ => Act::reply(400, "{}"),
    })
    .await;
    // What the call itself comes to is told elsewhere; a delete takes any success for one.
    let _ = call(client_for(fault, &server.url), CallOptions::default()).await;
    server.calls().len()
}

async fn requests_of_all(fault: &Act) -> Vec<(OperationId, usize)> {
    let calls = calls().into_iter();
    join_all(calls.map(|(id, call)| async move { (id, requests(call, fault).await) })).await
}

#[tokio::test]
async fn every_operation_is_repeated_after_a_fault_only_as_its_class_allows() {
    for (fault, policy) in faults() {
        for (id, seen) in requests_of_all(&fault).await {
            let retried = match policy {
                Policy::Repeat => true,
                Policy::RepeatIfHarmless => id.operation().idempotent,
                Policy::Final => false,
            };
            let expected = if retried { 2 } else { 1 };
            assert_eq!(seen, expected, "{id}: {fault:?}");
        }
    }
}
