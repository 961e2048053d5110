//! Acting as the contact.

use super::*;

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
