//! `regen --pull` and `--from`: what a maintainer sees when the document arrives, and when it does not.

use crate::{
    checkout::{Checkout, published},
    server::{Server, ServerAction},
};

fn answer(status: &str, headers: &str, body: &str) -> Vec<ServerAction> {
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    vec![ServerAction::Send(
        [head.as_bytes(), body.as_bytes()].concat(),
    )]
}

fn with_pigeons() -> String {
    published().replacen(
        "        - APPLEBC\n",
        "        - APPLEBC\n        - CARRIER_PIGEON\n",
        1,
    )
}

#[test]
fn a_new_document_is_stored_and_explained() {
    let server = Server::start(vec![
        answer("200 OK", "etag: \"v2\"\r\n", &with_pigeons()),
        answer("304 Not Modified", "", ""),
    ]);
    let checkout = Checkout::pulling_from(&server.url());
    let before = checkout.state();
    let ended = checkout.xtask(&["regen", "--pull"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("CARRIER_PIGEON"), "{}", ended.stdout);
    assert!(ended.stdout.contains("compatible"), "{}", ended.stdout);
    assert_eq!(checkout.changed_since(&before).len(), 5);
    assert_eq!(checkout.read("spec/conversation.yaml"), with_pigeons());
    assert!(checkout.read("spec/sources.toml").contains("v2"));

    let before = checkout.state();
    let again = checkout.xtask(&["regen", "--pull"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(
        again.stdout.contains("has not changed since the last pull"),
        "{}",
        again.stdout
    );
    assert!(checkout.changed_since(&before).is_empty());
    assert!(server.requests()[1].contains("if-none-match: \"v2\""));
}

#[test]
fn from_reads_a_file() {
    let checkout = Checkout::new();
    std::fs::write(checkout.path("new.yaml"), with_pigeons()).unwrap();
    let ended = checkout.xtask(&["regen", "--from", "new.yaml", "--document", "conversation"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(checkout.read("spec/conversation.yaml"), with_pigeons());
}

#[track_caller]
fn refused(script: Vec<ServerAction>, expected: &str) {
    let server = Server::start(vec![script]);
    let checkout = Checkout::pulling_from(&server.url());
    let before = checkout.state();
    let ended = checkout.xtask(&["regen", "--pull"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended.stderr.contains(expected),
        "{expected}: {}",
        ended.stderr
    );
    assert_eq!(ended.stderr.trim().lines().count(), 1, "{}", ended.stderr);
    assert!(checkout.changed_since(&before).is_empty());
}

#[test]
fn a_status_is_refused() {
    refused(answer("404 Not Found", "", ""), "404");
}

#[test]
fn a_redirect_elsewhere_is_refused() {
    refused(
        answer("302 Found", "location: http://192.0.2.1/x.yaml\r\n", ""),
        "redirect",
    );
}

#[test]
fn a_cut_body_is_refused() {
    let text = published();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", text.len());
    refused(
        vec![ServerAction::Send(
            [head.as_bytes(), &text.as_bytes()[..5000]].concat(),
        )],
        "bytes",
    );
}

#[test]
fn a_web_page_is_refused() {
    refused(
        answer(
            "200 OK",
            "",
            "<!doctype html><html><body>Sorry</body></html>",
        ),
        "HTML",
    );
}

#[test]
fn a_document_over_the_limit_is_refused() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n";
    refused(
        vec![
            ServerAction::Send(head.as_bytes().to_vec()),
            ServerAction::Endless(vec![b'#'; 65536]),
        ],
        "16",
    );
}

#[test]
fn a_server_that_stalls_is_given_up() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nopenapi:";
    refused(
        vec![
            ServerAction::Send(head.as_bytes().to_vec()),
            ServerAction::Hold,
        ],
        "15",
    );
}

#[test]
fn a_document_that_cannot_be_generated_is_refused() {
    let unusable = published().replacen("    runtimeError:\n", "    apiError:\n", 1);
    refused(
        answer("200 OK", "", &unusable),
        "spec/overlays/conversation/01-names.yaml",
    );
}
