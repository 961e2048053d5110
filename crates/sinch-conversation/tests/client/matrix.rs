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
    // That the class is the one of the documents is tested in the transport; here all faults have to agree on it.
    let harmless = requests_of_all(&Act::reply(500, "{}")).await;
    assert!(harmless.iter().any(|(_, seen)| *seen == 1));
    assert!(harmless.iter().all(|(_, seen)| matches!(seen, 1 | 2)));
    for (fault, policy) in faults() {
        let seen = requests_of_all(&fault).await;
        for ((id, seen), (_, harmless)) in seen.into_iter().zip(&harmless) {
            let expected = match policy {
                Policy::Repeat => 2,
                Policy::RepeatIfHarmless => *harmless,
                Policy::Final => 1,
            };
            assert_eq!(seen, expected, "{id}: {fault:?}");
        }
    }
}
