//! Checks a message beyond what its schema says.

use sinch_conversation_raw::types::{
    AppResponse, ProcessingMode, RecipientBase, SendMessageRequest,
};
use ulid::Ulid;
use url::Url;

use super::recipient::has_channel;
use crate::model::check::{Check, Violation};

/// Returns the violations that do not depend on the app.
pub(crate) fn message(request: &SendMessageRequest) -> Result<(), Vec<Violation>> {
    let mut check = Check::default();
    check.that(
        Ulid::from_string(&request.app_id).is_ok(),
        "app_id",
        "is not a ULID",
    );
    recipient(&mut check, &request.recipient.kind);
    check.limits(request, "");
    if let Some(target) = &request.callback_url {
        url(&mut check, "callback_url", target);
    }
    check.done()
}

/// Checks a recipient, which is either a contact or a list of identities.
pub(crate) fn recipient(check: &mut Check, recipient: &RecipientBase) {
    match recipient {
        RecipientBase::ContactId(id) => {
            check.that(!id.is_empty(), "recipient.contact_id", "is empty")
        }
        RecipientBase::IdentifiedBy(identified) => {
            let field = "recipient.identified_by.channel_identities";
            check.that(
                !identified.channel_identities.is_empty(),
                field,
                "at least one is required",
            );
            for (index, identity) in identified.channel_identities.iter().enumerate() {
                check.that(
                    !identity.identity.is_empty(),
                    &format!("{field}[{index}].identity"),
                    "is empty",
                );
            }
        }
        _ => {}
    }
}

/// Returns the violations for an app in this mode.
pub(crate) fn against_app(
    request: &SendMessageRequest,
    app: &AppResponse,
    mode: &ProcessingMode,
) -> Result<(), Vec<Violation>> {
    let mut check = Check::default();
    for (index, channel) in request.channel_priority_order.iter().flatten().enumerate() {
        check.that(
            has_channel(app, channel),
            &format!("channel_priority_order[{index}]"),
            "the app is not set up for this channel",
        );
    }
    let by_contact = matches!(request.recipient.kind, RecipientBase::ContactId(_));
    check.that(
        !by_contact || *mode == ProcessingMode::Conversation,
        "recipient.contact_id",
        "contacts are not supported in DISPATCH mode; use identified_by",
    );
    check.done()
}

/// Checks a URL for callbacks: it can be called, and is not part of the API itself.
pub(crate) fn url(check: &mut Check, field: &str, text: &str) {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(host) = url.as_ref().and_then(Url::host_str) else {
        return check.wrong(field, "expected an http or https URL");
    };
    let of_the_api = host.starts_with("conversation-api.") && host.ends_with(".sinch.com");
    check.that(
        !of_the_api,
        field,
        "hosts conversation-api.*.sinch.com are not allowed",
    );
}
