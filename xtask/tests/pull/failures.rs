//! Responses that a pull refuses: with one message, and without a change of the tree.

use std::{net::TcpListener, time::Duration};

use xtask::source::{Arrival, Candidate, FetchLimits, SourcesFile};

use crate::{
    server::{Server, ServerAction, answer_of_length, answer_with, chunk, chunked},
    tree::{NEW, Tree, limits},
};

/// Pulls, and checks that the tree is unchanged and that the message is one line with the address and this text.
#[track_caller]
fn refused(script: Vec<ServerAction>, limits: &FetchLimits, expected: &str) {
    let server = Server::start(vec![script]);
    let tree = Tree::new(&server.url());
    let before = tree.state();
    let error = tree.pull(limits).unwrap_err();
    assert_eq!(tree.state(), before);
    let message = error.to_string();
    assert!(message.starts_with(&server.url()), "{message}");
    assert!(!message.contains('\n'), "{message}");
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_status_other_than_200() {
    for (line, code) in [
        ("404 Not Found", 404),
        ("500 Oops", 500),
        ("206 Partial Content", 206),
    ] {
        let expected = format!("the server answered {code}; ");
        refused(answer_with(line, "", NEW), &limits(), &expected);
    }
}

#[test]
fn an_unrequested_304_is_refused() {
    let script = vec![ServerAction::Send(
        b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(),
    )];
    refused(script, &limits(), "the server answered 304; ");
}

#[test]
fn a_body_shorter_than_its_length() {
    // Cut off between two paths: the part that arrived is a valid document.
    let cut = NEW.find("  /b:").unwrap();
    refused(
        answer_of_length("200 OK", "", NEW.len(), &NEW[..cut]),
        &limits(),
        &format!("cut short after {cut} bytes"),
    );
}

#[test]
fn a_chunked_body_without_its_end() {
    let cut = NEW.find("  /b:").unwrap();
    let script = vec![chunked(), ServerAction::Send(chunk(&NEW[..cut]))];
    refused(script, &limits(), "cut short after");
}

#[test]
fn a_body_that_does_not_say_where_it_ends() {
    let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    answer.extend_from_slice(NEW.as_bytes());
    refused(
        vec![ServerAction::Send(answer)],
        &limits(),
        "does not say where it ends",
    );
}

#[test]
fn a_length_that_is_too_small_for_the_document() {
    let cut = NEW.find("paths:").unwrap();
    refused(
        answer_of_length("200 OK", "", cut, NEW),
        &limits(),
        "at least one operation",
    );
}

#[test]
fn html_instead_of_yaml() {
    let page = "<!doctype html>\n<html><head><title>Sign in</title></head></html>";
    refused(
        answer_with("200 OK", "content-type: application/yaml\r\n", page),
        &limits(),
        "an HTML page",
    );
}

#[test]
fn text_that_is_neither_yaml_nor_json() {
    for body in ["a: [1\nb: }", "{\"openapi\": \"3.0.2\""] {
        refused(answer_with("200 OK", "", body), &limits(), "JSON, but ");
    }
}

#[test]
fn yaml_that_is_no_openapi_3() {
    for body in [
        "Not found",
        "- a\n- b\n",
        "title: something else\n",
        "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {}}}\n",
        "openapi: 2.0.0\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {}}}\n",
    ] {
        refused(answer_with("200 OK", "", body), &limits(), "OpenAPI");
    }
}

#[test]
fn a_document_without_operations() {
    let body = "openapi: 3.0.2\ninfo: {title: T, version: '1'}\npaths: {/a: {parameters: []}}\n";
    refused(
        answer_with("200 OK", "", body),
        &limits(),
        "at least one operation",
    );
}

#[test]
fn a_length_over_the_limit_is_refused_before_the_body() {
    let sixteen = 16 * 1024 * 1024;
    let mut script = answer_of_length("200 OK", "", sixteen + 1, "");
    script.push(ServerAction::Hold);
    refused(
        script,
        &FetchLimits::default(),
        &format!("the limit of {sixteen} bytes"),
    );
}

#[test]
fn a_chunked_body_is_read_no_further_than_the_limit() {
    let endless = ServerAction::Endless(chunk([b'#'; 1000]));
    refused(
        vec![chunked(), endless],
        &limits(),
        "the limit of 4096 bytes",
    );
}

#[test]
fn a_compressed_body() {
    refused(
        answer_with("200 OK", "content-encoding: gzip\r\n", b"\x1f\x8b\x08"),
        &limits(),
        "encoded as gzip",
    );
}

#[test]
fn a_server_that_stalls() {
    let mut limits = limits();
    limits.idle = Duration::from_secs(2);
    refused(
        vec![ServerAction::Hold],
        &limits,
        "waiting for the answer took more than 2s",
    );
    let mut half = answer_of_length("200 OK", "", NEW.len(), &NEW[..60]);
    half.push(ServerAction::Hold);
    refused(
        half,
        &limits,
        "waiting for more of the document took more than 2s",
    );
}

#[test]
fn a_server_that_is_never_done() {
    let mut limits = limits();
    limits.total = Duration::from_millis(500);
    let mut slow = answer_of_length("200 OK", "", 4000, "");
    slow.push(ServerAction::Drip(b'#'));
    refused(
        slow,
        &limits,
        "the download as a whole took more than 500ms",
    );
}

#[test]
fn an_answer_that_is_not_http() {
    for bytes in [&b"220 mail ready\r\n\r\n"[..], b""] {
        refused(
            vec![ServerAction::Send(bytes.to_vec())],
            &limits(),
            "no answer: ",
        );
    }
}

#[test]
fn nobody_there() {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let tree = Tree::new(&format!("http://{address}/x.yaml"));
    let before = tree.state();
    let error = tree.pull(&limits()).unwrap_err();
    assert!(error.to_string().contains("no answer: "), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
    assert_eq!(tree.state(), before);
}

#[test]
fn one_bad_document_keeps_the_good_one_from_being_written() {
    let server = Server::start(vec![
        answer_with("200 OK", "", NEW),
        answer_with("404 Not Found", "", ""),
    ]);
    let tree = Tree::new(&server.url());
    tree.edit_sources(
        "file = \"local.yaml\"\n",
        &format!("file = \"local.yaml\"\nurl = \"{}\"\n", server.url()),
    );
    let before = tree.state();
    let error = tree.pull(&limits()).unwrap_err();
    assert!(error.to_string().contains("answered 404"), "{error}");
    assert_eq!(server.requests().len(), 2);
    assert_eq!(tree.state(), before);
}

#[test]
fn a_fault_in_the_list_names_its_place() {
    for (from, to, expected) in [
        (
            "licence = \"MIT\"\norigin = \"by hand\"",
            "origin = \"by hand\"",
            "missing field `licence`",
        ),
        (
            "version = \"1.0\"",
            "version = 1.0",
            "spec/sources.toml:7: ",
        ),
        (
            "date = 2020-02-03",
            "date = 2020-02-33",
            "spec/sources.toml:",
        ),
        ("name = \"local\"", "name = \"conversation\"", "used twice"),
        (
            "file = \"local.yaml\"",
            "file = \"../local.yaml\"",
            "`file` must be",
        ),
        (
            "url = \"http://127.0.0.1",
            "url = \"http://10.0.0.1",
            "plain http",
        ),
        ("sha256 = \"", "sha256 = \"z", "64 lower-case hex"),
        (
            "origin = \"ours\"",
            "origin = \"ours\"\nurll = \"x\"",
            "urll",
        ),
    ] {
        let tree = Tree::new("http://127.0.0.1:1/x.yaml");
        tree.edit_sources(from, to);
        let error = tree.pull(&limits()).unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with("spec/sources.toml"), "{message}");
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn an_edited_snapshot_is_recorded_and_a_missing_one_refused() {
    let tree = Tree::new("https://127.0.0.1:1/x.yaml");
    assert!(Candidate::on_disk(tree.root()).is_ok());
    tree.write("spec/local.yaml", NEW);
    let candidate = Candidate::on_disk(tree.root()).unwrap();
    let local = candidate.sources.get("local").unwrap();
    let document = candidate
        .documents
        .iter()
        .find(|document| document.name == "local")
        .unwrap();
    assert_eq!(document.arrival, Arrival::Edited);
    assert_eq!(document.text, NEW);
    assert_ne!(
        local.sha256,
        SourcesFile::load(tree.root())
            .unwrap()
            .get("local")
            .unwrap()
            .sha256
    );
    std::fs::remove_file(tree.path("spec/local.yaml")).unwrap();
    let error = Candidate::on_disk(tree.root()).unwrap_err();
    assert!(
        error.to_string().starts_with("spec/local.yaml: "),
        "{error}"
    );
}
