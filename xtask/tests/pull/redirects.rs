//! Redirects: a few are followed, but none to an address that may not be fetched.

use crate::{
    server::{Server, ServerAction, answer_with},
    tree::{NEW, Tree, limits},
};

fn redirect(status: &str, to: &str) -> Vec<ServerAction> {
    answer_with(status, &format!("location: {to}\r\n"), "")
}

/// Pulls, and checks that the redirect is refused with a message that names its address.
fn refused(script: Vec<ServerAction>, expected: &str) -> (String, usize) {
    let server = Server::start(vec![script]);
    let tree = Tree::new(&server.url());
    let before = tree.state();
    let message = tree.pull(&limits()).unwrap_err().to_string();
    assert_eq!(tree.state(), before);
    assert!(
        message.starts_with(&format!("{}: ", server.url())),
        "{message}"
    );
    assert!(message.contains("redirect"), "{message}");
    assert!(message.contains(expected), "{message}");
    (message, server.requests().len())
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
    let (message, _) = refused(
        redirect("302 Found", "http://192.0.2.1/x?token=hidden"),
        "plain http",
    );
    assert!(!message.contains("hidden"), "{message}");
}

#[test]
fn a_redirect_to_another_scheme_or_with_a_password() {
    refused(redirect("302 Found", "ftp://127.0.0.1/x"), "its scheme");
    refused(
        redirect("302 Found", "file:///etc/passwd"),
        "no usable address",
    );
    let (message, _) = refused(
        redirect("302 Found", "https://a:hidden@127.0.0.1/"),
        "a user name",
    );
    assert!(!message.contains("hidden"), "{message}");
}

#[test]
fn a_redirect_to_nowhere() {
    refused(answer_with("302 Found", "", ""), "no usable address");
    refused(redirect("302 Found", "https://[oops/"), "no usable address");
}

#[test]
fn a_loop_ends() {
    let (_, requests) = refused(redirect("302 Found", "/conversation.yaml"), "too many");
    assert_eq!(requests, 4, "the first request and three redirects");
}
