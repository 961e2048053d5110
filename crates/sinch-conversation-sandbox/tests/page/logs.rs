//! Webhook deliveries and requests on the page.

use serde_json::json;
use sinch_conversation_raw::OperationId as Id;
use sinch_conversation_sandbox::Sandbox;

use crate::browser::browse;
use crate::support::{Api, Receiver, SECRET, text_request};

const PHONE: &str = "46701234567";

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_shown_and_replayed() {
    let sandbox = Sandbox::start().await.unwrap();
    let (api, receiver) = (Api::of(&sandbox).await, Receiver::start().await);
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND"]).await;
    sandbox
        .handset(app.as_str(), "SMS", PHONE)
        .says("A word from outside")
        .await
        .unwrap();
    let first = receiver.wait_for(1).await.remove(0);
    browse(&sandbox, async |page| {
        page.open("").await;
        page.click("[role=tab]", "Webhooks").await;
        page.has(".log-row .state", "delivered · 200").await;
        page.click(".log-row", "MESSAGE_INBOUND").await;
        page.has("dd", &receiver.url).await;
        page.has("pre", "A word from outside").await;
        page.has("dt", "signature-nonce").await;
        page.has("dd", first.header("x-sinch-webhook-signature-nonce"))
            .await;
        page.has("dd", first.header("x-sinch-webhook-signature"))
            .await;
        assert_eq!(page.count(".attempts > li").await, 1);
        page.check_names().await;

        page.click("button", "Resend").await;
        let again = receiver.wait_for(2).await.remove(1);
        assert_eq!(again.raw, first.raw);
        assert!(again.is_signed_with(SECRET));
        let nonce = again.header("x-sinch-webhook-signature-nonce");
        assert_ne!(nonce, first.header("x-sinch-webhook-signature-nonce"));
        page.has(".attempts dd", nonce).await;
        assert_eq!(page.count(".attempts > li").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_deliveries_can_be_looked_at_alone() {
    let sandbox = Sandbox::builder()
        .callback_retries([])
        .start()
        .await
        .unwrap();
    let (api, receiver) = (Api::of(&sandbox).await, Receiver::start().await);
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND"]).await;
    receiver.answer_next([200, 503]);
    let contact = sandbox.handset(app.as_str(), "SMS", PHONE);
    contact.says("one").await.unwrap();
    contact.says("two").await.unwrap();
    receiver.wait_for(2).await;
    browse(&sandbox, async |page| {
        page.open("#/webhooks").await;
        page.has(".log-row .state", "given up · 503").await;
        assert_eq!(page.count(".log-row").await, 2);
        page.click("select", "Show").await;
        page.press("failed").await;
        page.press(thirtyfour::Key::Enter).await;
        page.until("one is left", "return all('.log-row').length === 1", vec![])
            .await;
        page.click(".log-row", "503").await;
        page.has("pre", "two").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_is_listed_with_its_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    api.get("contacts").await.ok();
    let refused = api
        .post(
            "messages:send",
            text_request("01NOBODY", &[("SMS", PHONE)], "Lost"),
        )
        .await;
    assert!(matches!(refused.status, 400 | 404), "{}", refused.body);
    let reason = refused.body["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    browse(&sandbox, async |page| {
        page.open("#/requests").await;
        page.has(".log-row", Id::ContactListContacts.as_str()).await;
        page.click(".log-row", Id::MessagesSendMessage.as_str())
            .await;
        page.has(".problem", &reason).await;
        page.has("pre", "Lost").await;
        page.ask("document.getElementById('requests-filter').focus()", vec![])
            .await;
        page.press("errors").await;
        page.until(
            "the other request is hidden",
            "return !named('.log-row', 'Contact_ListContacts')",
            vec![],
        )
        .await;
        assert_eq!(
            page.ask("return location.hash.startsWith('#/requests/')", vec![])
                .await,
            json!(true)
        );
    })
    .await;
}
