//! The control surface under `/_sandbox/`.

use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{self, Api, Control, Receiver, SOON, text_request};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api, Control) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let control = Control::of(&sandbox);
    (sandbox, api, control)
}

fn act(app: &str, channel: &str, more: Value) -> Value {
    let mut act = json!({"app_id": app, "channel": channel, "identity": NUMBER});
    act.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    act
}

#[tokio::test]
async fn says_where_it_is_and_what_time_it_is() {
    let (sandbox, _, control) = start().await;
    let state = control.get("state").await.ok();
    assert_eq!(state["project_id"], sandbox.endpoints().project_id());
    assert_eq!(state["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(state["endpoints"]["batch"], sandbox.endpoints().batch());
    assert_eq!(state["endpoints"].as_object().unwrap().len(), 4);
    let now = chrono::DateTime::parse_from_rfc3339(state["now"].as_str().unwrap()).unwrap();
    assert!(now <= sandbox.now());
}

#[tokio::test]
async fn shows_all_there_is_without_secrets() {
    let (sandbox, api, control) = start().await;
    let body = json!({
        "display_name": "Shop", "processing_mode": "CONVERSATION",
        "callback_settings": {"secret_for_overridden_callback_urls": "hidden-1"},
        "channel_credentials": [
            {"channel": "SMS", "callback_secret": "hidden-2",
             "static_bearer": {"claimed_identity": "shop", "token": "hidden-3"}},
            {"channel": "TELEGRAM", "telegram_credentials": {"token": "hidden-4"}},
        ],
    });
    let app = api.post("apps", body).await.ok()["id"].clone();
    let app = app.as_str().unwrap();
    for number in 0..25 {
        let handset = sandbox.handset(app, "SMS", format!("4670{number}"));
        handset.says("Hello").await.unwrap();
    }
    let apps = control.get("apps").await.ok();
    assert!(!apps.to_string().contains("hidden-"), "{apps}");
    let shown = &apps["apps"][0];
    assert_eq!(
        (&shown["id"], &shown["display_name"]),
        (&json!(app), &json!("Shop"))
    );
    let sms = &shown["channel_credentials"][0];
    assert_eq!(
        sms["static_bearer"],
        json!({"claimed_identity": "shop", "token": "***"})
    );
    assert_eq!(
        (&sms["channel"], &sms["callback_secret"]),
        (&json!("SMS"), &json!("***"))
    );
    assert_eq!(
        shown["callback_settings"]["secret_for_overridden_callback_urls"],
        "***"
    );
    for list in ["contacts", "conversations"] {
        let answer = control.get(list).await.ok();
        assert_eq!(answer[list].as_array().unwrap().len(), 25, "{list}");
    }
}

#[tokio::test]
async fn the_handset_writes_chooses_and_reads() {
    let (_sandbox, api, control) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    let message = json!({"card_message": {"title": "Table", "choices": [
        {"text_message": {"text": "Two"}},
        {"text_message": {"text": "Four"}, "postback_data": "table-4"},
    ]}});
    let mut request = text_request(&app, &[("WHATSAPP", NUMBER)], "");
    request["message"] = message;
    let card = api.send(request).await;
    control
        .post("wait", json!({"for": {"message_id": card}}))
        .await
        .ok();

    let mut ids = Vec::new();
    for what in [
        json!({"text": "Hello"}),
        json!({"media": "https://example.com/a.png"}),
        json!({"contact_message": {"location_message": {"title": "Here", "coordinates": {"latitude": 1.5, "longitude": 2.5}}}}),
        json!({"choice": {"message_id": card, "index": 0}}),
        json!({"choice": {"message_id": card, "index": 1}}),
    ] {
        let answer = control
            .post("handset", act(&app, "WHATSAPP", what))
            .await
            .ok();
        ids.push(answer["message_id"].clone());
    }
    let read = control
        .post("handset", act(&app, "WHATSAPP", json!({"read": card})))
        .await;
    assert_eq!(read.ok(), json!({}));
    assert_eq!(control.statuses(&card).await.last().unwrap(), "READ");

    let timeline = control.get(&format!("timeline?app_id={app}")).await.ok();
    let entries = timeline["entries"].as_array().unwrap();
    let kinds: Vec<&str> = entries
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "sent", "received", "received", "received", "received", "received"
        ]
    );
    let said: Vec<Value> = entries[1..]
        .iter()
        .map(|it| it["message"].clone())
        .collect();
    assert_eq!(said[0], json!({"text_message": {"text": "Hello"}}));
    assert_eq!(said[1]["media_message"]["url"], "https://example.com/a.png");
    assert_eq!(said[2]["location_message"]["title"], "Here");
    assert_eq!(
        said[3]["choice_response_message"],
        json!({"message_id": card, "postback_data": format!("{card}_Two")})
    );
    assert_eq!(
        said[4]["choice_response_message"]["postback_data"],
        "table-4"
    );
    assert_eq!(
        entries[1..]
            .iter()
            .map(|it| it["id"].clone())
            .collect::<Vec<_>>(),
        ids
    );
    assert_eq!(
        (&entries[0]["id"], &entries[0]["channel"]),
        (&json!(card), &json!("WHATSAPP"))
    );
    let statuses = entries[0]["statuses"].as_array().unwrap();
    assert_eq!(statuses.len(), 3);
    assert_eq!(
        (
            &statuses[2]["status"],
            &statuses[2]["channel"],
            &statuses[2]["identity"]
        ),
        (&json!("READ"), &json!("WHATSAPP"), &json!(NUMBER))
    );
    let last = timeline["next"].as_i64().unwrap();
    let rest = control
        .get(&format!("timeline?after={}", last - 1))
        .await
        .ok();
    assert_eq!(rest["entries"].as_array().unwrap().len(), 1);
    let none = control.get(&format!("timeline?after={last}")).await.ok();
    assert_eq!(none, json!({"entries": [], "next": last, "more": false}));

    let received = control.get("received").await.ok();
    assert_eq!(received["messages"].as_array().unwrap().len(), 5);
    assert_eq!(received["events"], json!([]));
    let sent = control.get("sent").await.ok();
    assert_eq!(sent["messages"][0]["id"], json!(card));
    assert_eq!(sent["messages"][0].as_object().unwrap().len(), 13);
}

#[tokio::test]
async fn what_the_handset_cannot_do_it_says() {
    let (_sandbox, api, control) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let card = json!({"choice_message": {"text_message": {"text": "?"}, "choices": []}});
    let mut request = text_request(&app, &[("SMS", NUMBER)], "");
    request["message"] = card;
    let sent = api.send(request).await;
    for (body, field) in [
        (act(&app, "SMS", json!({})), ""),
        (act(&app, "SMS", json!({"text": "a", "media": "b"})), ""),
        (act(&app, "SMS", json!({"text": 5})), "text"),
        (act(&app, "SMS", json!({"txt": "a"})), "txt"),
        (act(&app, "RCS", json!({"text": "a"})), "channel"),
        (
            act(&app, "SMS", json!({"choice": {"message_id": sent}})),
            "choice",
        ),
        (
            act(
                &app,
                "SMS",
                json!({"choice": {"message_id": sent, "index": -1}}),
            ),
            "choice.index",
        ),
        (
            act(
                &app,
                "SMS",
                json!({"choice": {"message_id": sent, "index": 0}}),
            ),
            "choice.index",
        ),
        (
            act(
                &app,
                "SMS",
                json!({"contact_message": {"text_message": {}}}),
            ),
            "contact_message.text_message.text",
        ),
        (
            act(
                &app,
                "SMS",
                json!({"contact_message": {"smoke_signal": {}}}),
            ),
            "contact_message",
        ),
        (
            json!({"channel": "SMS", "identity": NUMBER, "text": "a"}),
            "",
        ),
    ] {
        control.post("handset", body).await.invalid(&[field]);
    }
    for body in [
        act("nobody", "SMS", json!({"text": "a"})),
        act(&app, "SMS", json!({"read": "nothing"})),
        act(
            &app,
            "SMS",
            json!({"choice": {"message_id": "nothing", "index": 0}}),
        ),
    ] {
        control
            .post("handset", body)
            .await
            .refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_kept_out() {
    let (sandbox, _, control) = start().await;
    let own = sandbox.endpoints().conversation().to_owned();
    let port = own.rsplit_once(':').unwrap().1.to_owned();
    let ask = async |name: &'static str, value: &str| {
        let request = control.request(Method::POST, "reset").json(&json!({}));
        support::send(request.header(name, value)).await
    };
    for origin in [
        "null",
        "https://example.com",
        "http://127.0.0.1:1",
        "http://localhost",
    ] {
        ask("origin", origin)
            .await
            .refused(403, "PERMISSION_DENIED");
    }
    ask("origin", &own).await.ok();
    for host in [
        "example.com".to_owned(),
        format!("sandbox.example.com:{port}"),
    ] {
        ask("host", &host).await.refused(403, "PERMISSION_DENIED");
    }
    ask("host", &format!("sandbox.localhost:{port}")).await.ok();
    let origin = control
        .request(Method::GET, "events")
        .header("origin", "http://example.com");
    support::send(origin)
        .await
        .refused(403, "PERMISSION_DENIED");

    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let form = control
            .request(Method::POST, "seed")
            .header("content-type", content_type)
            .body("{}");
        support::send(form).await.invalid(&["content-type"]);
    }
    let nothing = control.request(Method::POST, "reset");
    support::send(nothing).await.ok();
}

#[tokio::test]
async fn paths_and_methods_are_checked() {
    let (_sandbox, _, control) = start().await;
    control.get("nothing").await.refused(404, "NOT_FOUND");
    control.get("").await.refused(404, "NOT_FOUND");
    let answer = control.post("state", json!({})).await;
    assert_eq!(answer.headers["allow"], "GET");
    answer.refused(405, "UNIMPLEMENTED");
    control.get("timeline?after=x").await.invalid(&["after"]);
    control.get("sent/nothing").await.refused(404, "NOT_FOUND");
    let broken = control
        .request(Method::POST, "clock")
        .header("content-type", "application/json")
        .body("{\"set\": ");
    support::send(broken).await.refused(400, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn channels_fail_and_are_late() {
    let (_sandbox, api, control) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let end = async || {
        let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
        control
            .post("wait", json!({"for": {"message_id": id}}))
            .await
            .ok()
    };
    let fail = json!({"reason": "RECIPIENT_NOT_REACHABLE", "description": "off", "after_queueing": true, "times": 2});
    control.post("channels/SMS:fail", fail).await.ok();
    for _ in 0..2 {
        let sent = end().await;
        assert_eq!(sent["statuses"][0]["status"], "QUEUED_ON_CHANNEL");
        let last = &sent["statuses"][1];
        assert_eq!(
            (
                &last["status"],
                &last["reason"]["code"],
                &last["reason"]["description"]
            ),
            (
                &json!("FAILED"),
                &json!("RECIPIENT_NOT_REACHABLE"),
                &json!("off")
            )
        );
    }
    assert_eq!(end().await["status"], "DELIVERED");
    let fail = json!({"reason": "CHANNEL_FAILURE"});
    control.post("channels/SMS:fail", fail).await.ok();
    for _ in 0..2 {
        assert_eq!(end().await["status"], "FAILED");
    }
    control.post("channels/SMS:restore", json!({})).await.ok();
    assert_eq!(end().await["status"], "DELIVERED");

    let delay = json!({"milliseconds": 60_000});
    control.post("channels/SMS:delay", delay).await.ok();
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    let wait = json!({"for": {"message_id": id, "status": "QUEUED_ON_CHANNEL"}, "within_ms": 1});
    control
        .post("wait", wait)
        .await
        .refused(408, "DEADLINE_EXCEEDED");
    let advance = json!({"advance_seconds": 61.5});
    control.post("clock", advance).await.ok();
    let wait = json!({"for": {"message_id": id, "status": "QUEUED_ON_CHANNEL"}});
    control.post("wait", wait).await.ok();

    control
        .post("channels/SMOKE:fail", json!({"reason": "x"}))
        .await
        .invalid(&["channel"]);
    for times in [0, 1001] {
        let fail = json!({"reason": "x", "times": times});
        control
            .post("channels/SMS:fail", fail)
            .await
            .invalid(&["times"]);
    }
    control
        .post("channels/SMS:delay", json!({"milliseconds": -1}))
        .await
        .invalid(&["milliseconds"]);
}

#[tokio::test]
async fn the_clock_is_turned_and_tokens_run_out() {
    let (sandbox, api, control) = start().await;
    let now = control
        .post("clock", json!({"set": "2040-01-01T00:00:00Z"}))
        .await
        .ok()["now"]
        .clone();
    assert!(
        now.as_str().unwrap().starts_with("2040-01-01T00:0"),
        "{now}"
    );
    assert!(control.get("clock").await.ok()["now"].as_str() >= now.as_str());
    for (body, field) in [
        (json!({"set": "2039-01-01T00:00:00Z"}), "set"),
        (json!({"set": "+12000-01-01T00:00:00Z"}), "set"),
        (json!({"set": "tomorrow"}), "set"),
        (json!({"advance_seconds": -1}), "advance_seconds"),
        (json!({"advance_seconds": 1e300}), "advance_seconds"),
        (json!({}), ""),
        (
            json!({"advance_seconds": 1, "set": "2041-01-01T00:00:00Z"}),
            "",
        ),
    ] {
        control.post("clock", body).await.invalid(&[field]);
    }
    api.get("apps").await.refused(401, "UNAUTHENTICATED");
    let api = Api::of(&sandbox).await;
    api.get("apps").await.ok();
    control.post("tokens:expire", json!({})).await.ok();
    api.get("apps").await.refused(401, "UNAUTHENTICATED");
    // As far as it goes.
    let far = control
        .post("clock", json!({"advance_seconds": 1e18}))
        .await
        .ok();
    assert!(far["now"].as_str().unwrap().starts_with("9987-"), "{far}");
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    let wait = json!({"for": {"message_id": id}});
    assert_eq!(control.post("wait", wait).await.ok()["status"], "DELIVERED");
}

#[tokio::test]
async fn seeds_and_resets() {
    let (_sandbox, api, control) = start().await;
    let seed = json!({"apps": [{"display_name": "Shop", "channel_credentials": [support::credentials("SMS")]}]});
    let seeded = control.post("seed", seed).await.ok();
    let id = seeded["apps"][0].as_str().unwrap();
    assert_eq!(
        seeded,
        json!({"apps": [id], "webhooks": [], "contacts": [], "conversations": [], "messages": []})
    );
    api.get(&format!("apps/{id}")).await.ok();
    let wrong = json!({"apps": [{"display_name": "", "channel_credentials": []}]});
    control
        .post("seed", wrong)
        .await
        .invalid(&["apps[0].display_name"]);
    let twice = json!({"webhooks": [{"target": 5}, {"target": "http://a"}]});
    control
        .post("seed", twice)
        .await
        .invalid(&["webhooks[0].app_id", "webhooks[0].target"]);
    control.post("reset", json!({})).await.ok();
    assert_eq!(api.get("apps").await.ok()["apps"], json!([]));
}

#[tokio::test]
async fn callbacks_are_listed_replayed_and_waited_for() {
    let (sandbox, api, control) = start().await;
    let receiver = Receiver::start().await;
    receiver.answer_next([500]);
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let webhook = api
        .webhook(&app, &receiver.url, &["MESSAGE_DELIVERY", "CONTACT_CREATE"])
        .await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    receiver.wait_for(1).await;
    let wait = json!({"for": {"callback": {"trigger": "CONTACT_CREATE"}}, "within_ms": 1});
    let late = control.post("wait", wait).await;
    let error = late.refused(408, "DEADLINE_EXCEEDED");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("callbacks is it"),
        "{error}"
    );
    control
        .post("clock", json!({"advance_seconds": 5}))
        .await
        .ok();
    let wait = json!({"for": {"callback": {"trigger": "MESSAGE_DELIVERY", "message_id": id, "app_id": app}}});
    let found = control.post("wait", wait).await.ok();
    assert_eq!(
        (&found["trigger"], &found["state"], &found["webhook_id"]),
        (
            &json!("MESSAGE_DELIVERY"),
            &json!("delivered"),
            &json!(webhook)
        )
    );
    control.post("wait", json!({"for": "quiet"})).await.ok();

    let listed = control.get("callbacks").await.ok();
    let callbacks = listed["callbacks"].as_array().unwrap();
    assert_eq!(callbacks.len(), 3);
    let first = &callbacks[0];
    let keys: Vec<&str> = first
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for key in [
        "id",
        "trigger",
        "app_id",
        "webhook_id",
        "target",
        "body",
        "state",
        "queued_at",
        "attempts",
    ] {
        assert!(keys.contains(&key), "{key}");
    }
    let attempts = first["attempts"].as_array().unwrap();
    assert_eq!(
        (&attempts[0]["status"], &attempts[1]["status"]),
        (&json!(500), &json!(200))
    );
    assert_eq!(
        attempts[0]["headers"]["x-sinch-webhook-signature-algorithm"],
        "HmacSHA256"
    );
    let last = callbacks[2]["id"].as_i64().unwrap();
    let rest = control
        .get(&format!("callbacks?after={}", last - 1))
        .await
        .ok();
    assert_eq!(rest["callbacks"].as_array().unwrap().len(), 1);

    control
        .post(&format!("callbacks/{last}:replay"), json!({}))
        .await
        .ok();
    let received = receiver.wait_for(5).await;
    assert_eq!(received[3].raw, received[4].raw);
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let again = control
        .get(&format!("callbacks?after={}", last - 1))
        .await
        .ok();
    assert_eq!(again["callbacks"][0]["attempts"][1]["replay"], json!(true));
    control
        .post("callbacks/999:replay", json!({}))
        .await
        .refused(404, "NOT_FOUND");
    control
        .post("callbacks/x:replay", json!({}))
        .await
        .invalid(&["id"]);
}

#[tokio::test]
async fn a_wait_for_something_else_is_refused() {
    let (_sandbox, _, control) = start().await;
    for (body, field) in [
        (json!({"for": "ever"}), "for"),
        (json!({"for": 5}), "for"),
        (
            json!({"for": {"callback": {"triger": "x"}}}),
            "for.callback.triger",
        ),
        (json!({"for": {"message_id": 5}}), "for.message_id"),
        (json!({"for": "quiet", "within_ms": 60_001}), "within_ms"),
        (json!({"within_ms": 1}), ""),
    ] {
        control.post("wait", body).await.invalid(&[field]);
    }
    let wait = json!({"for": {"message_id": "nothing"}});
    control.post("wait", wait).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn junk_gets_an_error_of_its_own_kind() {
    let (_sandbox, _, control) = start().await;
    let deep = "[".repeat(100_000);
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "5",
        "\"quiet\"",
        "{\"for\": {}}",
        "\u{0}",
        &deep,
        "{\"apps\": [[]]}",
        "{\"messages\": [[1, 2]]}",
        "{\"advance_seconds\": 1e400}",
        "{\"set\": \"-262143-01-01T00:00:00Z\"}",
        "{\"milliseconds\": 1e99}",
    ];
    let paths = [
        "callbacks/99999999999999999999:replay",
        "channels/SMS:delay",
        "channels/SMS:fail",
        "channels/%F0%9F%98%80:fail",
        "clock",
        "handset",
        "seed",
        "wait",
        "%00",
        "sent/%2F",
    ];
    for path in paths {
        for body in bodies {
            let request = control
                .request(Method::POST, path)
                .header("content-type", "application/json")
                .body(body.to_owned());
            let answer = support::send(request).await;
            let status = answer.status;
            // An empty seed is a seed.
            if status != 200 {
                assert!(
                    (400..500).contains(&status),
                    "{path} {body:.40}: {}",
                    answer.body
                );
            }
        }
    }
    control.get("state").await.ok();
}

/// The versions in the events that a part of a stream holds.
fn versions(text: &str) -> Vec<u64> {
    let events = text
        .split("\n\n")
        .filter(|event| event.contains("event: change"));
    let data = events.filter_map(|event| event.split("data: ").nth(1));
    data.map(|data| {
        serde_json::from_str::<Value>(data).unwrap()["version"]
            .as_u64()
            .unwrap()
    })
    .collect()
}

#[tokio::test]
async fn a_stream_tells_of_changes_until_the_end() {
    let (sandbox, api, control) = start().await;
    let mut stream = control.request(Method::GET, "events").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let wait = control.post(
        "wait",
        json!({"for": {"callback": {}}, "within_ms": 60_000}),
    );
    let mut text = String::new();
    let first = stream.chunk().await.unwrap().unwrap();
    text += std::str::from_utf8(&first).unwrap();
    let before = versions(&text);
    api.app("DISPATCH", &["SMS"]).await;
    while versions(&text).len() == before.len() {
        let chunk = stream.chunk().await.unwrap().unwrap();
        text += std::str::from_utf8(&chunk).unwrap();
    }
    // Neither the stream nor a wait holds up the end: both are ended in an orderly way, not cut off.
    let stop = async {
        // By the time these are answered, the wait has begun.
        for _ in 0..5 {
            control.get("state").await.ok();
        }
        sandbox.shutdown().await;
    };
    let (waited, ()) = tokio::join!(wait, stop);
    waited.refused(503, "UNAVAILABLE");
    while let Some(chunk) = stream.chunk().await.unwrap() {
        text += std::str::from_utf8(&chunk).unwrap();
    }
    let seen = versions(&text);
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
}
