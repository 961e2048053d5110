//! Text as Markdown that says just that text.

/// Longer text in a code span is cut here.
const MAX_CHARS: usize = 240;

/// Whether a character would break a line, reorder what a reviewer sees, or be invisible.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text with one kind of line end, and a visible character for each that cannot be seen.
pub(super) fn printable(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let visible = |character| match character {
        '\n' | '\t' => character,
        hidden if is_hidden(hidden) => char::REPLACEMENT_CHARACTER,
        plain => plain,
    };
    lines.chars().map(visible).collect()
}

/// Text from a document as a code span that it cannot leave, cut where it is long.
pub(crate) fn code(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => whole(&format!("{}…", text.get(..end).unwrap_or_default())),
        None => whole(text),
    }
}

/// The same for the whole text.
pub(crate) fn whole(text: &str) -> String {
    let line: String = text.chars().flat_map(visible).collect();
    span(&line)
}

/// A code span around one line.
pub(super) fn span(line: &str) -> String {
    let fence = "`".repeat(longest_run_of_backticks(line) + 1);
    // A span that starts or ends with a backtick, or has only spaces, needs room within its fence.
    if line.starts_with('`') || line.ends_with('`') || line.trim().is_empty() {
        format!("{fence} {line} {fence}")
    } else {
        format!("{fence}{line}{fence}")
    }
}

/// A character, or its escape when it is hidden.
fn visible(character: char) -> impl Iterator<Item = char> {
    let hidden = is_hidden(character);
    let escaped = hidden.then(|| character.escape_unicode());
    let plain = (!hidden).then_some(character);
    escaped.into_iter().flatten().chain(plain)
}

pub(super) fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

/// A line of prose. A lone mark of emphasis at its start, left when nothing is written between it and the line before,
/// would make a list.
pub(super) fn line(line: &str) -> String {
    match line.strip_prefix('*') {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => format!("\\{line}"),
        _ => line.to_owned(),
    }
}

/// How a character is written that has `line` before it and `next` after it.
pub(super) fn written(character: char, line: &str, next: Option<char>, in_table: bool) -> String {
    let before = line.chars().next_back();
    let starts_line = line.trim().is_empty();
    let is_space = |neighbour: Option<char>| neighbour.is_some_and(char::is_whitespace);
    let escaped = match character {
        '`' | '[' | ']' => true,
        '\\' => next.is_none_or(|next| next.is_ascii_punctuation() || next == '\n'),
        '|' => in_table || starts_line,
        '*' | '~' => starts_line || !is_space(before) || !is_space(next),
        '_' => !before.is_some_and(char::is_alphanumeric),
        '#' | '>' | '-' | '+' | '=' | ':' => starts_line,
        '.' | ')' => is_number(line),
        '<' => return "&lt;".to_owned(),
        // Written as an entity in the source, so that it is hidden only now.
        hidden if is_hidden(hidden) => return char::REPLACEMENT_CHARACTER.to_string(),
        _ => false,
    };
    match escaped {
        true => format!("\\{character}"),
        false => character.to_string(),
    }
}

/// What would make a numbered list of the character after it.
fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text that begins with `&` would be read as one character.
pub(super) fn is_entity(text: &str) -> bool {
    let name = text.strip_prefix('&').unwrap_or_default();
    let name = name.strip_prefix('#').unwrap_or(name);
    name.find(|character: char| !character.is_ascii_alphanumeric())
        .is_some_and(|end| end > 0 && name.get(end..).is_some_and(|rest| rest.starts_with(';')))
}

/// The bare address that a text begins with. Punctuation after it does not belong to it.
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

pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// An address with nothing in it that could end a link.
pub(super) fn target(address: &str) -> String {
    address
        .chars()
        .map(|character| match character {
            '<' | '>' | '(' | ')' | '\\' | '"' | '`' | '[' | ']' | '|' => {
                format!("%{:02X}", u32::from(character))
            }
            blank if blank.is_whitespace() || is_hidden(blank) => "%20".to_owned(),
            plain => plain.to_string(),
        })
        .collect()
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

    #[test]
    fn entities_are_told_from_ampersands() {
        assert!(is_entity("&lt; b") && is_entity("&#60;"));
        assert!(
            !is_entity("& b") && !is_entity("&T;T".trim_start_matches("&T")) && !is_entity("&;")
        );
    }
}
