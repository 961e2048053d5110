//! The default keywords by which people opt out and in.

use sinch_conversation_raw::types::ConsentsListType;

/// What a keyword asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeywordAction {
    /// No further messages.
    OptOut,
    /// To get messages again.
    OptIn,
}

use ConsentsListType::{OptOutAll, OptOutMarketing, OptOutNotification};
use KeywordAction::{OptIn, OptOut};

const KEYWORDS: &[(&str, KeywordAction, ConsentsListType)] = &[
    // English
    ("STOP", OptOut, OptOutAll),
    ("UNSUBSCRIBE", OptOut, OptOutAll),
    ("OptOut_All_EN", OptOut, OptOutAll),
    ("START", OptIn, OptOutAll),
    ("SUBSCRIBE", OptIn, OptOutAll),
    ("OptIn_All_EN", OptIn, OptOutAll),
    ("STOP MARKETING", OptOut, OptOutMarketing),
    ("UNSUBSCRIBE MARKETING", OptOut, OptOutMarketing),
    ("OptOut_Marketing_EN", OptOut, OptOutMarketing),
    ("START MARKETING", OptIn, OptOutMarketing),
    ("SUBSCRIBE MARKETING", OptIn, OptOutMarketing),
    ("OptIn_Marketing_EN", OptIn, OptOutMarketing),
    ("STOP NOTIFICATION", OptOut, OptOutNotification),
    ("UNSUBSCRIBE NOTIFICATION", OptOut, OptOutNotification),
    ("OptOut_Notification_EN", OptOut, OptOutNotification),
    ("START NOTIFICATION", OptIn, OptOutNotification),
    ("SUBSCRIBE NOTIFICATION", OptIn, OptOutNotification),
    ("OptIn_Notification_EN", OptIn, OptOutNotification),
    // Spanish
    ("DETENER", OptOut, OptOutAll),
    ("SALIR", OptOut, OptOutAll),
    ("VOLVER", OptIn, OptOutAll),
    ("RECIBIR", OptIn, OptOutAll),
    // Portuguese
    ("PARAR", OptOut, OptOutAll),
    ("CANCELAR", OptOut, OptOutAll),
    ("VOLTAR", OptIn, OptOutAll),
    ("RECEBER", OptIn, OptOutAll),
];

/// Returns the meaning of a text that consists of a keyword, case-insensitive.
pub(super) fn find(text: &str) -> Option<(KeywordAction, ConsentsListType)> {
    let found = KEYWORDS
        .iter()
        .find(|(keyword, _, _)| keyword.eq_ignore_ascii_case(text));
    found.map(|(_, wish, list)| (*wish, list.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_counts_and_capitals_do_not() {
        assert_eq!(find("stop"), Some((OptOut, OptOutAll)));
        assert_eq!(find("Stop Marketing"), Some((OptOut, OptOutMarketing)));
        assert_eq!(
            find("OPTIN_NOTIFICATION_EN"),
            Some((OptIn, OptOutNotification))
        );
        for text in ["", "stop it", " stop", "stop.", "STOPMARKETING"] {
            assert_eq!(find(text), None, "{text:?}");
        }
    }
}
