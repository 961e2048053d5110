//! Escapes text for Markdown.

/// The most characters in a code span; longer text is cut off.
const MAX_CHARS: usize = 240;

/// Returns whether a character breaks a line, changes the text direction, or is invisible.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Normalises line ends, and replaces hidden characters by visible ones.
pub(super) fn printable(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    // The width of a tab depends on its column, which edits would change.
    let lines = lines.replace('\t', "    ");
    let visible = |character| match character {
        '\n' => character,
        hidden if is_hidden(hidden) => char::REPLACEMENT_CHARACTER,
        plain => plain,
    };
    let shown: String = lines.chars().map(visible).collect();
    shown.trim_matches('\n').trim_end().to_owned()
}

/// Returns text from a document as a code span, cut off if it is long.
pub(crate) fn code(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => whole(&format!("{}…", text.get(..end).unwrap_or_default())),
        None => whole(text),
    }
}

/// Returns text from a document as a code span, not cut off.
pub(crate) fn whole(text: &str) -> String {
    let line: String = text.chars().flat_map(visible).collect();
    let fence = "`".repeat(longest_run_of_backticks(&line) + 1);
    // A span that starts or ends with a backtick, or has only spaces, needs padding.
    if line.starts_with('`') || line.ends_with('`') || line.trim().is_empty() {
        format!("{fence} {line} {fence}")
    } else {
        format!("{fence}{line}{fence}")
    }
}

/// Returns the text as a sample.
pub(super) fn fenced(text: &str) -> String {
    let fence = fence(text);
    format!("{fence}text\n{text}\n{fence}")
}

/// Returns a fence for a sample, longer than any in it.
pub(super) fn fence(sample: &str) -> String {
    "`".repeat(longest_run_of_backticks(sample).max(2) + 1)
}

/// Returns a character, or its escape if it is hidden.
fn visible(character: char) -> impl Iterator<Item = char> {
    let hidden = is_hidden(character);
    let escaped = hidden.then(|| character.escape_unicode());
    let plain = (!hidden).then_some(character);
    escaped.into_iter().flatten().chain(plain)
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

/// Returns the bare address at the start of a text, without punctuation after it.
pub(super) fn address(text: &str) -> Option<&str> {
    if !is_address(text) {
        return None;
    }
    let end = text
        .find(|c: char| {
            c.is_whitespace()
                || is_hidden(c)
                || matches!(
                    c,
                    '<' | '>' | '"' | '`' | '\\' | ')' | ']' | '|' | '{' | '['
                )
        })
        .unwrap_or(text.len());
    let address = text
        .get(..end)?
        .trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
    let (_, host) = address.split_once("://")?;
    (!host.is_empty()).then_some(address)
}

/// Returns whether a link to this address is allowed.
pub(super) fn is_target(address: &str) -> bool {
    let ends_it = |c: char| c.is_whitespace() || is_hidden(c) || "<>()\\".contains(c);
    is_address(address) && !address.contains(ends_it)
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_code_span() {
        assert_eq!(code("a <b> *c* [d](e)"), "`a <b> *c* [d](e)`");
        assert_eq!(code("a `` b"), "```a `` b```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("one\n## two"), "`one\\u{a}## two`");
        assert_eq!(code("\u{202e}evil"), "`\\u{202e}evil`");
    }

    #[test]
    fn long_text_is_cut() {
        let cut = code(&"x".repeat(1000));
        assert_eq!(cut.chars().count(), MAX_CHARS + 3);
    }
}
