//! The light and dark themes, as set in the system, with enough contrast in both.

use serde_json::json;
use sinch_conversation_sandbox::{InjectedFault, Sandbox};

use crate::browser::browse;
use crate::page::Page;
use crate::support::{Api, text_request};

const PHONE: &str = "46701234567";

/// A script that returns texts with a contrast of less than 4.5 to 1 (WCAG 2, level AA), with element and contrast.
const TOO_FAINT: &str = r#"
    const channels = (colour) => { const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
    const over = (front, back) => ({ rgb: front.rgb.map((part, at) => part * front.a + back.rgb[at] * (1 - front.a)), a: 1 });
    const behind = (element) => {
        if (!element) return { rgb: matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255], a: 1 };
        const own = channels(getComputedStyle(element).backgroundColor);
        return own.a === 1 ? own : over(own, behind(element.parentElement));
    };
    const light = ({ rgb }) => {
        const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (element) => {
        const back = behind(element);
        const front = channels(getComputedStyle(element).color);
        let { a } = front;
        for (let at = element; at; at = at.parentElement) a *= Number(getComputedStyle(at).opacity);
        const [low, high] = [light(over({ ...front, a }, back)), light(back)].sort((one, other) => one - other);
        return (high + 0.05) / (low + 0.05);
    };
    const texts = all("body *").filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
    const off = (element) => element.matches(":disabled, [aria-disabled=true]");
    const hint = (element) => {
        const [low, high] = [light(channels(getComputedStyle(element, "::placeholder").color)), light(behind(element))].sort((one, other) => one - other);
        return (high + 0.05) / (low + 0.05);
    };
    const hints = all("[placeholder]").filter((element) => !off(element) && hint(element) < 4.5);
    if (hints.length > 0) return { texts: texts.length, faint: hints.map((element) => `placeholder of ${nameOf(element)} ${hint(element).toFixed(2)}`) };
    const faint = texts.filter((element) => !off(element) && ratio(element) < 4.5);
    return { texts: texts.length, faint: faint.map((element) => `${element.tagName} ${element.className}: ${tidy(element.textContent).slice(0, 40)} ${ratio(element).toFixed(2)}`) };
"#;

async fn check_contrast(page: &Page, view: &str) {
    let found = page.ask(TOO_FAINT, vec![]).await;
    assert_eq!(found["faint"], json!([]), "{view}");
    assert!(found["texts"].as_u64() > Some(8), "{view}: {found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_dark_where_the_system_is_with_contrast_in_both() {
    let sandbox = Sandbox::builder()
        .callback_retries([])
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    // Nothing listens on this port.
    api.webhook(&app, "http://127.0.0.1:9/hook", &["MESSAGE_DELIVERY"])
        .await;
    sandbox.fail_next("SMS", "RECIPIENT_NOT_REACHABLE");
    for text in ["A failure", "A success"] {
        api.send_text(&app, &[("SMS", PHONE)], text).await;
    }
    let contact = sandbox.handset(app.as_str(), "SMS", PHONE);
    contact.says("Thank you").await.unwrap();
    api.post(
        "messages:send",
        text_request("01NOBODY", &[("SMS", PHONE)], "Lost"),
    )
    .await;
    sandbox.silence_channel("SMS");
    sandbox
        .inject(InjectedFault::status("App_ListApps", 503))
        .unwrap();
    browse(&sandbox, async |page| {
        let mut papers = Vec::new();
        for scheme in ["light", "dark"] {
            let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
            page.cdp("Emulation.setEmulatedMedia", media).await;
            page.open("#/chats").await;
            page.click(".chat-row", PHONE).await;
            page.click("button", "Details of A failure").await;
            page.has(".history li", "FAILED").await;
            check_contrast(page, "chats").await;
            page.click("button", "Send as the app").await;
            check_contrast(page, "the dialog").await;
            page.click("dialog button", "Cancel").await;
            page.open("#/requests").await;
            page.click(".log-row .state", "40").await;
            page.click("button", "Copy as curl").await;
            page.has(".snippet pre", "curl").await;
            check_contrast(page, "requests").await;
            page.open("#/webhooks").await;
            page.click(".log-row", "MESSAGE_DELIVERY").await;
            page.has("button", "Resend").await;
            check_contrast(page, "webhooks").await;
            page.open("#/controls").await;
            page.has(".control-list li", "silent").await;
            check_contrast(page, "controls").await;
            page.open("#/overview").await;
            check_contrast(page, "overview").await;
            let paper = "return getComputedStyle(document.body).backgroundColor";
            papers.push(page.ask(paper, vec![]).await);
        }
        assert_ne!(papers[0], papers[1]);
        page.cdp("Emulation.setEmulatedMedia", json!({"features": []}))
            .await;
    })
    .await;
}
