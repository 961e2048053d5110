//! Responses that a pull accepts.

use serde_json::{Value, json};
use xtask::{
    document::parse,
    source::{Arrival, Candidate, SOURCES},
};

use crate::{
    server::{Server, ServerAction, answer_with, chunk, chunked},
    tree::{LOCAL, LOCAL_SHA256, NEW, OLD, Tree, limits},
};

const ETAG: &str = "etag: \"v2-\\\"\r\n";

#[test]
fn a_new_version_is_stored_byte_for_byte_and_recorded() {
    let server = Server::start(vec![answer_with("200 OK", ETAG, NEW)]);
    let tree = Tree::new(&server.url());

    let candidate = Candidate::pull(tree.root(), &limits()).unwrap();
    assert_eq!(
        tree.read("spec/conversation.yaml"),
        OLD,
        "nothing is written yet"
    );
    let [pulled, local] = &candidate.documents[..] else {
        panic!("two documents")
    };
    assert_eq!(pulled.arrival, Arrival::Updated);
    assert_eq!(pulled.before.as_deref(), Some(OLD));
    assert_eq!(pulled.tree, parse(NEW, "new").unwrap());
    assert!(pulled.is_changed());
    assert_eq!(local.arrival, Arrival::NoAddress);
    assert_eq!(local.text, LOCAL);
    assert!(!local.is_changed());

    assert_eq!(tree.commit(&candidate), ["spec/conversation.yaml", SOURCES]);
    assert_eq!(tree.read("spec/conversation.yaml"), NEW);
    let sources = tree.sources();
    let source = sources.get("conversation").unwrap();
    assert_eq!(source.version, "1.1");
    assert_eq!(source.licence, "Apache-2.0");
    assert_eq!(source.etag.as_deref(), Some("\"v2-\\\""));
    assert_eq!(source.origin, format!("pulled from {}", server.url()));
    assert!(source.date > sources.get("local").unwrap().date);
    assert!(
        Candidate::on_disk(tree.root()).is_ok(),
        "the checksum is that of the file"
    );
}

#[test]
fn an_etag_that_is_no_use_is_not_kept() {
    let long = format!("etag: \"{}\"\r\n", "x".repeat(60_000));
    let server = Server::start(vec![answer_with("200 OK", &long, NEW)]);
    let tree = Tree::new(&server.url());
    tree.pull(&limits()).unwrap();
    assert_eq!(tree.read("spec/conversation.yaml"), NEW);
    assert_eq!(tree.sources().get("conversation").unwrap().etag, None);
}

#[test]
fn the_rest_of_the_list_stays_as_it_was_written() {
    let server = Server::start(vec![answer_with("200 OK", "", NEW)]);
    let tree = Tree::new(&server.url());
    let lines = |text: &str| -> Vec<String> {
        let changing = [
            "version = \"1",
            "sha256 = ",
            "date = ",
            "licence = \"A",
            "licence = \"M",
            "origin = ",
        ];
        text.lines()
            .filter(|line| !changing.iter().any(|start| line.starts_with(start)))
            .map(str::to_owned)
            .collect()
    };
    let before = tree.read(SOURCES);
    tree.pull(&limits()).unwrap();
    let after = tree.read(SOURCES);
    assert_eq!(lines(&after), lines(&before));
    assert!(after.contains("\" # of the file\n"), "{after}");
    let local = |text: &str| {
        text.split("# Stays where it is.")
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(local(&after), local(&before));
}

#[test]
fn the_etag_is_sent_the_next_time_and_304_changes_nothing() {
    let server = Server::start(vec![
        answer_with("200 OK", ETAG, NEW),
        vec![ServerAction::Send(
            b"HTTP/1.1 304 Not Modified\r\netag: \"other\"\r\nconnection: close\r\n\r\n".to_vec(),
        )],
    ]);
    let tree = Tree::new(&server.url());
    tree.pull(&limits()).unwrap();
    let before = tree.state();

    let candidate = Candidate::pull(tree.root(), &limits()).unwrap();
    assert_eq!(candidate.documents[0].arrival, Arrival::NotModified);
    assert_eq!(candidate.documents[0].text, NEW);
    assert!(tree.commit(&candidate).is_empty());
    assert_eq!(tree.state(), before);

    let [first, second] = &server.requests()[..] else {
        panic!("two requests")
    };
    assert!(!first.contains("if-none-match"), "{first}");
    assert!(second.contains("if-none-match: \"v2-\\\"\r\n"), "{second}");
}

#[test]
fn a_snapshot_edited_by_hand_is_fetched_whole() {
    let server = Server::start(vec![answer_with("200 OK", ETAG, NEW)]);
    let tree = Tree::new(&server.url());
    tree.pull(&limits()).unwrap();
    tree.write("spec/conversation.yaml", OLD);

    assert_eq!(tree.pull(&limits()).unwrap(), ["spec/conversation.yaml"]);
    assert_eq!(tree.read("spec/conversation.yaml"), NEW);
    assert!(!server.requests()[1].contains("if-none-match"));
}

#[test]
fn the_recorded_version_keeps_its_date_and_gains_its_etag() {
    let server = Server::start(vec![answer_with("200 OK", ETAG, OLD)]);
    let tree = Tree::new(&server.url());
    let before = tree.sources().get("conversation").unwrap().clone();

    assert_eq!(tree.pull(&limits()).unwrap(), [SOURCES]);
    let after = tree.sources().get("conversation").unwrap().clone();
    assert_eq!(after.etag.as_deref(), Some("\"v2-\\\""));
    assert_eq!((after.date, after.origin), (before.date, before.origin));
}

#[test]
fn a_chunked_answer_is_put_together_and_compression_is_not_asked_for() {
    let (first, second) = NEW.split_at(50);
    let server = Server::start(vec![vec![
        chunked(),
        ServerAction::Send(chunk(first)),
        ServerAction::Send(chunk(second)),
        ServerAction::Send(chunk("")),
    ]]);
    let tree = Tree::new(&server.url());
    tree.pull(&limits()).unwrap();
    assert_eq!(tree.read("spec/conversation.yaml"), NEW);
    let request = &server.requests()[0];
    assert!(
        request.contains("accept-encoding: identity\r\n"),
        "{request}"
    );
    assert!(!request.contains("gzip"), "{request}");
}

#[test]
fn json_is_stored_as_yaml_with_the_same_meaning() {
    let json = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1.0"},
        "paths": {"/a": {"get": {"summary": "line\nline", "x-flag": "no"}}},
    });
    let server = Server::start(vec![answer_with("200 OK", "", json.to_string())]);
    let tree = Tree::new(&server.url());
    tree.pull(&limits()).unwrap();
    let stored = tree.read("spec/conversation.yaml");
    assert!(stored.starts_with("openapi: 3.1.0\ninfo:\n"), "{stored}");
    let tree_again: Value = parse(&stored, "stored").unwrap();
    assert_eq!(tree_again, json);
    assert!(
        Candidate::on_disk(tree.root()).is_ok(),
        "the checksum is that of the file"
    );
}

#[test]
fn windows_line_ends_are_not_a_new_version() {
    let server = Server::start(vec![answer_with("200 OK", "", OLD.replace('\n', "\r\n"))]);
    let tree = Tree::new(&server.url());
    assert!(tree.pull(&limits()).unwrap().is_empty());
}

#[test]
fn a_document_of_exactly_the_limit_is_taken() {
    let server = Server::start(vec![answer_with("200 OK", "", NEW)]);
    let tree = Tree::new(&server.url());
    let mut limits = limits();
    limits.max_bytes = NEW.len();
    tree.pull(&limits).unwrap();
    assert_eq!(tree.read("spec/conversation.yaml"), NEW);
    assert_eq!(tree.sources().get("local").unwrap().sha256, LOCAL_SHA256);
}
