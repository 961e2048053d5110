//! Which operations may be repeated when it is not known whether they were carried out.

use sinch_conversation_raw::Operation;

/// POST operations that change nothing, or nothing more the second time.
const REPEATABLE_POSTS: [&str; 6] = [
    // A failure may leave a part of the records stored; the API asks to give them again.
    "Batch_InsertConsents",
    "Capability_QueryCapability",
    "Contact_GetChannelProfile",
    "Conversation_StopActiveConversation",
    "Messages_ListMessagesByChannelIdentity",
    "Transcoding_TranscodeMessage",
];

/// Whether doing the operation twice does no harm. GET, PUT, PATCH and DELETE say so by their nature; a POST
/// that creates or sends does not.
pub(crate) fn is_repeatable(operation: &Operation) -> bool {
    match operation.method {
        "GET" | "PUT" | "PATCH" | "DELETE" => true,
        _ => REPEATABLE_POSTS.contains(&operation.id),
    }
}

#[cfg(test)]
mod tests {
    use sinch_conversation_raw::OPERATIONS;

    use super::*;

    fn named(id: &str) -> impl Iterator<Item = &'static Operation> {
        OPERATIONS
            .iter()
            .filter(move |operation| operation.id == id)
    }

    #[test]
    fn every_listed_operation_is_a_post_of_the_api() {
        for id in REPEATABLE_POSTS {
            assert_eq!(
                named(id)
                    .map(|operation| operation.method)
                    .collect::<Vec<_>>(),
                ["POST"],
                "{id}"
            );
        }
    }

    #[test]
    fn sending_and_creating_is_not_repeatable() {
        for id in [
            "Messages_SendMessage",
            "Events_SendEvent",
            "App_CreateApp",
            "Webhooks_CreateWebhook",
            "Batch_SendBatch",
            "Batch_CreateContacts",
            "Conversation_CreateConversation",
            "Conversation_InjectMessage",
            "Events_InjectEvent",
            "Templates_v2_CreateTemplate",
        ] {
            assert_eq!(
                named(id).map(is_repeatable).collect::<Vec<_>>(),
                [false],
                "{id}"
            );
        }
    }

    #[test]
    fn reading_replacing_and_removing_is_repeatable() {
        for id in [
            "Messages_ListMessagesByChannelIdentity",
            "Transcoding_TranscodeMessage",
            "Capability_QueryCapability",
            "Consents_GetConsents",
            "Templates_v2_UpdateTemplate",
            "Messages_UpdateMessageMetadata",
            "Events_DeleteEvents",
            "Batch_CancelBatch",
            "Batch_DeleteContacts",
            "Batch_InsertConsents",
        ] {
            assert_eq!(
                named(id).map(is_repeatable).collect::<Vec<_>>(),
                [true],
                "{id}"
            );
        }
    }
}
