//! A proxy that the environment names.

use sinch_conversation::Region;

use super::child;
use crate::server::{Act, Server};
use crate::{builder, good, text};

/// What a child process does with a proxy in its environment: sends a message to the address, or to Sinch.
async fn send(to: &str) {
    let builder = builder(to).danger_allow_http_host("0.0.0.0");
    match to {
        "sinch" => {
            let builder = sinch_conversation::Client::builder().region(Region::Eu);
            let builder = builder.project("p").access_key("the-key", "the-secret");
            text(&builder.build().unwrap()).await.unwrap_err();
        }
        _ => drop(text(&builder.build().unwrap()).await.unwrap()),
    }
}

/// The requests that a proxy saw of a child, and those that a server saw.
fn seen(test: &'static str, to: impl FnOnce(&Server) -> String) -> (Vec<String>, usize) {
    child::alongside(async || {
        let server = Server::start(|request, _| good(&request.path)).await;
        let proxy = Server::start(|_, _| Act::reply(502, "")).await;
        let (role, through) = (to(&server), proxy.url.clone());
        let child = tokio::task::spawn_blocking(move || {
            let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
            let lower = ["http_proxy", "https_proxy", "all_proxy"];
            let mut environment: Vec<_> = names.map(|name| (name, through.as_str())).to_vec();
            environment.extend(lower.map(|name| (name, through.as_str())));
            environment.extend([("NO_PROXY", ""), ("no_proxy", "")]);
            child::run(test, &role, &environment)
        });
        child.await.unwrap();
        let requests = proxy.seen().into_iter();
        let requests = requests.map(|request| format!("{} {}", request.method, request.path));
        (requests.collect(), server.seen().len())
    })
}

const LOOPBACK: &str = "hostile::proxy::plain_http_on_this_machine_is_sent_directly";

#[test]
fn plain_http_on_this_machine_is_sent_directly() {
    if let Some(url) = child::role() {
        return child::block_on(send(&url));
    }
    let (proxied, direct) = seen(LOOPBACK, |server| server.url.clone());
    assert_eq!((proxied, direct), (vec![], 2));
}

const NAMED: &str = "hostile::proxy::plain_http_to_a_host_that_was_allowed_is_sent_directly";

#[test]
fn plain_http_to_a_host_that_was_allowed_is_sent_directly() {
    if let Some(url) = child::role() {
        return child::block_on(send(&url));
    }
    // Not a loopback address, but one that leads to this machine.
    let (proxied, direct) = seen(NAMED, |server| server.url.replace("127.0.0.1", "0.0.0.0"));
    assert_eq!((proxied, direct), (vec![], 2));
}

const ENCRYPTED: &str = "hostile::proxy::https_goes_through_the_proxy";

#[test]
fn https_goes_through_the_proxy() {
    if let Some(to) = child::role() {
        return child::block_on(send(&to));
    }
    let (proxied, direct) = seen(ENCRYPTED, |_| "sinch".to_owned());
    assert_eq!(
        proxied.first().map(String::as_str),
        Some("CONNECT auth.sinch.com:443")
    );
    assert_eq!(direct, 0);
}
