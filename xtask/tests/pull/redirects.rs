//! Redirects: a few are followed, and none to a place that may not be fetched.

use xtask::source::{Refusal, SourceError};

use crate::{
    server::{Server, Step, answer_with},
    tree::{NEW, Tree, limits},
};

fn redirect(status: &str, to: &str) -> Vec<Step> {
    answer_with(status, &format!("location: {to}\r\n"), "")
}

fn refused(script: Vec<Step>) -> (Refusal, String, usize) {
    let server = Server::start(vec![script]);
    let tree = Tree::new(&server.url());
    let before = tree.state();
    let error = tree.pull(&limits()).unwrap_err();
    assert_eq!(tree.state(), before);
    let message = error.to_string();
    match error {
        SourceError::Redirect { refusal, url } => {
            assert_eq!(url, server.url());
            (refusal, message, server.requests().len())
        }
        other => panic!("{other}"),
    }
}

#[test]
fn every_kind_of_redirect_is_followed() {
    for status in ["301 a", "302 a", "303 a", "307 a", "308 a"] {
        let server = Server::start(vec![
            redirect(status, "/moved/here.yaml?x=1"),
            answer_with("200 OK", "etag: \"moved\"\r\n", NEW),
        ]);
        let tree = Tree::new(&server.url());
        tree.pull(&limits()).unwrap();
        assert_eq!(tree.read("spec/conversation.yaml"), NEW);
        assert!(server.requests()[1].starts_with("get /moved/here.yaml?x=1 "));
        let sources = tree.sources();
        let source = sources.get("conversation").unwrap();
        assert_eq!(source.etag.as_deref(), Some("\"moved\""));
        assert_eq!(source.url.as_ref().unwrap().as_str(), server.url());
    }
}

#[test]
fn a_redirect_to_plain_http_elsewhere() {
    let (refusal, message, _) = refused(redirect("302 Found", "http://192.0.2.1/x?token=hidden"));
    assert_eq!(refusal, Refusal::PlainHttp);
    assert!(!message.contains("hidden"), "{message}");
}

#[test]
fn a_redirect_to_another_scheme_or_with_a_password() {
    assert_eq!(
        refused(redirect("302 Found", "file:///etc/passwd")).0,
        Refusal::Scheme
    );
    let (refusal, message, _) = refused(redirect("302 Found", "https://a:hidden@127.0.0.1/"));
    assert_eq!(refusal, Refusal::Credentials);
    assert!(!message.contains("hidden"), "{message}");
}

#[test]
fn a_redirect_to_nowhere() {
    assert_eq!(
        refused(answer_with("302 Found", "", "")).0,
        Refusal::NoLocation
    );
    assert_eq!(
        refused(redirect("302 Found", "https://[oops/")).0,
        Refusal::NoLocation
    );
}

#[test]
fn a_loop_ends() {
    let (refusal, _, requests) = refused(redirect("302 Found", "/conversation.yaml"));
    assert_eq!(refusal, Refusal::TooMany);
    assert_eq!(requests, 4, "the first request and three redirects");
}
