//! Names of operations.

use sinch_conversation_raw::OPERATIONS;

/// The name of the token endpoint, which the documents do not name.
pub(crate) const TOKEN_OPERATION: &str = "OAuth_Token";

/// Returns the names of all operations, including the token endpoint.
pub(crate) fn operation_names() -> impl Iterator<Item = &'static str> {
    let documented = OPERATIONS.iter().map(|operation| operation.id.as_str());
    documented.chain([TOKEN_OPERATION])
}

/// Returns whether an operation has this name.
pub(crate) fn is_operation(name: &str) -> bool {
    operation_names().any(|known| known == name)
}

/// Returns operations with a similar name, the most similar first.
pub(crate) fn similar_operations(name: &str) -> Vec<&'static str> {
    let wanted = name.to_ascii_lowercase();
    let distance = |known: &str| {
        let known = known.to_ascii_lowercase();
        let is_part = wanted.len() > 2 && known.contains(&wanted);
        if is_part { 0 } else { edits(&wanted, &known) }
    };
    let mut found: Vec<_> = operation_names()
        .map(|known| (distance(known), known))
        .filter(|(distance, known)| distance * 3 <= known.len())
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().take(3).map(|(_, known)| known).collect()
}

/// Returns the edit distance (Levenshtein) of two names.
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, left) in one.chars().enumerate() {
        let mut diagonal = at;
        let mut before = at + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, right) in row.iter_mut().skip(1).zip(other.chars()) {
            let changed = diagonal + usize::from(left != right);
            diagonal = *cell;
            *cell = changed.min(before + 1).min(diagonal + 1);
            before = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_that_were_meant() {
        for (given, meant) in [
            ("Messages_Sendmessage", "Messages_SendMessage"),
            ("message_send_message", "Messages_SendMessage"),
            ("SendMessage", "Messages_SendMessage"),
            ("oauth_token", "OAuth_Token"),
            ("App_CreatApp", "App_CreateApp"),
        ] {
            let found = similar_operations(given);
            assert_eq!(found.first(), Some(&meant), "{given}: {found:?}");
        }
        assert!(similar_operations("").is_empty());
        assert!(similar_operations("nothing like it at all").is_empty());
    }

    #[test]
    fn counts_edits() {
        assert_eq!(edits("", ""), 0);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("abc", ""), 3);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("same", "same"), 0);
    }
}
