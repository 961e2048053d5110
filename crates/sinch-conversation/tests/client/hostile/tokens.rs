//! Token hosts that say odd things about their tokens.

use std::time::Instant;

use sinch_conversation::error::{AuthProblem, ErrorKind};

use crate::server::{Act, Server};
use crate::{client, good, jump, message_id, text};

/// A token host that says this of the life of its tokens. Nothing, when it is empty.
async fn granting(life: &str) -> Server {
    let life = match life {
        "" => String::new(),
        life => format!(r#", "expires_in": {life}"#),
    };
    Server::start(move |request, _| match request.is_token() {
        true => Act::reply(200, format!(r#"{{"access_token": "the-token"{life}}}"#)),
        false => good(&request.path),
    })
    .await
}

#[tokio::test]
async fn the_life_of_a_token_is_read_however_it_is_written() {
    for hour in [
        "3600",
        "\"3600\"",
        "3600.0",
        "\"3600.0\"",
        "3.6e3",
        "\" 3600 \"",
        "3600.9",
    ] {
        let server = granting(hour).await;
        let client = client(&server);
        let read = async || client.messages().get(message_id()).await.unwrap();
        read().await;
        jump(3500).await;
        read().await;
        assert_eq!(server.tokens(), 1, "{hour}");
        jump(101).await;
        read().await;
        assert_eq!(server.tokens(), 2, "{hour}");
    }
}

#[tokio::test]
async fn a_life_that_cannot_be_read_counts_as_unstated() {
    for odd in [
        "", "null", "\"soon\"", "{}", "[3600]", "true", "\"\"", "\"NaN\"",
    ] {
        let server = granting(odd).await;
        let client = client(&server);
        let read = async || client.messages().get(message_id()).await.unwrap();
        read().await;
        jump(200).await;
        read().await;
        assert_eq!(server.tokens(), 1, "{odd}");
        jump(101).await;
        read().await;
        assert_eq!(server.tokens(), 2, "{odd}");
    }
}

#[tokio::test]
async fn tokens_without_a_life_do_not_cost_a_request_each() {
    for none in ["0", "-1", "\"0\"", "0.4", "-1e300", "1e-300"] {
        let server = granting(none).await;
        let client = client(&server);
        let start = Instant::now();
        for _ in 0..200 {
            client.messages().get(message_id()).await.unwrap();
        }
        let allowed = 1 + 30 + start.elapsed().as_secs() as usize + 1;
        let tokens = server.tokens();
        assert!(tokens <= allowed, "{none}: {tokens}, {allowed} allowed");
        assert_eq!(server.calls().len(), 200);
    }
}

#[tokio::test]
async fn a_huge_life_is_cut() {
    for huge in ["18446744073709551615", "1e300", "\"1e300\""] {
        let server = granting(huge).await;
        text(&client(&server)).await.unwrap();
    }
}

#[tokio::test]
async fn one_budget_holds_for_renewals_of_every_kind() {
    // Tokens without a life, which the API refuses as well: two reasons to ask for another.
    let server = Server::start(|request, number| match request.is_token() {
        true => Act::token_for(&format!("token-{number}"), 0),
        false => Act::reply(401, "{}"),
    })
    .await;
    let client = client(&server);
    let start = Instant::now();
    for _ in 0..100 {
        let error = client.messages().get(message_id()).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 401);
    }
    let allowed = 1 + 30 + start.elapsed().as_secs() as usize + 1;
    assert!(server.tokens() <= allowed, "{}", server.tokens());
}

#[tokio::test]
async fn a_token_answer_without_end_is_not_read_to_the_end() {
    let server = Server::start(|_, _| Act::Endless {
        status: 200,
        text: r#"{"access_token":"#,
    })
    .await;
    let error = text(&client(&server)).await.unwrap_err();
    match error.kind() {
        ErrorKind::Auth(auth) => assert_eq!(auth.problem, AuthProblem::UnexpectedAnswer),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.tokens(), 1);
}
