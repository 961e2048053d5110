//! Finding, in one text, the first place that rustdoc would trip on.

use std::borrow::Cow;

/// A tag: `<b`, `</b`, `<!--`.
pub(super) fn html(text: &str) -> Option<&str> {
    let plain = without_code(text);
    first(text, &plain, '<', |after| {
        let is_link = after.starts_with("http://") || after.starts_with("https://");
        let name = after.strip_prefix('/').unwrap_or(after);
        !is_link
            && (name.starts_with(|c: char| c.is_ascii_alphabetic()) || after.starts_with("!--"))
    })
}

/// An address outside of `<…>` and `](…)`.
pub(super) fn bare_url(text: &str) -> Option<&str> {
    let plain = without_code(text);
    plain
        .match_indices("http")
        .filter(|(at, _)| {
            let (before, address) = plain.split_at(*at);
            let is_address = address.starts_with("http://") || address.starts_with("https://");
            let is_link =
                before.ends_with('<') || before.ends_with("](") || before.ends_with("]: ");
            is_address && !is_link
        })
        .find_map(|(at, _)| text.get(at..))
}

/// `[text]` without a target, or a bracket without its partner.
pub(super) fn brackets(text: &str) -> Option<&str> {
    let plain = without_code(text);
    let mut open = Vec::new();
    let mut escaped = false;
    for (at, character) in plain.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => open.push(at),
            ']' => {
                let Some(start) = open.pop() else {
                    return text.get(at..);
                };
                let after = plain.get(at + 1..).unwrap_or_default();
                // The second half of `[text][name]`.
                let is_name = plain
                    .get(..start)
                    .is_some_and(|before| before.ends_with(']'));
                let is_link = after.starts_with(['(', '[', ':']) || is_name;
                if open.is_empty() && !is_link {
                    return text.get(start..);
                }
            }
            _ => {}
        }
    }
    open.first().and_then(|at| text.get(*at..))
}

/// `{% … %}` or `{{ … }}`.
pub(super) fn templating(text: &str) -> Option<&str> {
    let plain = without_code(text);
    first(text, &plain, '{', |after| after.starts_with(['%', '{']))
}

/// A line that makes a block of code which rustdoc takes for Rust.
pub(super) fn code_block(text: &str) -> Option<&str> {
    let mut fence: Option<&str> = None;
    let mut after_blank = true;
    let mut in_list = false;
    for line in text.lines() {
        let content = line.trim();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| content.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, Some(mark)) => {
                let language = content.trim_start_matches(['`', '~']).trim();
                if language.is_empty() || language == "rust" {
                    return Some(line);
                }
                fence = Some(mark);
            }
            (None, None) => {
                let is_indented = line.starts_with("    ") || line.starts_with('\t');
                if is_indented && after_blank && !in_list && !content.is_empty() {
                    return Some(line);
                }
                if !content.is_empty() && !is_indented {
                    in_list = starts_list_item(content);
                }
                after_blank = content.is_empty();
            }
        }
    }
    None
}

fn starts_list_item(line: &str) -> bool {
    let bullet = ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark));
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    bullet || (number.len() < line.len() && number.starts_with(['.', ')']))
}

/// The text from the first `mark` on whose continuation passes the test.
fn first<'t>(
    text: &'t str,
    plain: &str,
    mark: char,
    test: impl Fn(&str) -> bool,
) -> Option<&'t str> {
    plain
        .match_indices(mark)
        .filter(|(at, _)| plain.get(at + mark.len_utf8()..).is_some_and(&test))
        .find_map(|(at, _)| text.get(at..))
}

/// The text with blanks for its code spans and fenced blocks, byte for byte.
fn without_code(text: &str) -> Cow<'_, str> {
    if !text.contains(['`', '~']) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('`').into_iter().chain(rest.find("~~~")).min() {
        let (before, code) = rest.split_at(start);
        plain.push_str(before);
        let mark_length = code.find(|c| !code.starts_with(c)).unwrap_or(code.len());
        let (mark, inside) = code.split_at(mark_length);
        let length = match inside.find(mark) {
            Some(end) => mark_length + end + mark_length,
            // A mark without a partner is only a character.
            None => mark_length,
        };
        plain.extend(std::iter::repeat_n(' ', length));
        rest = code.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_html() {
        assert_eq!(html("a <b>bold</b>"), Some("<b>bold</b>"));
        assert_eq!(html("gone</p>"), Some("</p>"));
        assert_eq!(html("`<b>` and 1 < 2 and <https://a.example>"), None);
        assert_eq!(html("```json\n<b>\n```\nÄ <br>"), Some("<br>"));
    }

    #[test]
    fn addresses_in_links_are_fine() {
        assert_eq!(
            bare_url("see https://a.example."),
            Some("https://a.example.")
        );
        assert_eq!(
            bare_url("<https://a.example> [b](https://b.example) `http://c`"),
            None
        );
        assert_eq!(bare_url("the http client"), None);
    }

    #[test]
    fn brackets_have_partner_and_target() {
        assert_eq!(
            brackets("see [docs](https://a.example), [x][y] and [z]: w"),
            None
        );
        assert_eq!(brackets("a [b] c"), Some("[b] c"));
        assert_eq!(brackets("a [b"), Some("[b"));
        assert_eq!(brackets("a b] c"), Some("] c"));
        assert_eq!(brackets("`body[1]` and \\[x\\]"), None);
    }

    #[test]
    fn templating_is_noise() {
        assert_eq!(templating("a {% tab %}"), Some("{% tab %}"));
        assert_eq!(templating("Dear {{name}}"), Some("{{name}}"));
        assert_eq!(templating("`{{name}}` in {braces}"), None);
    }

    #[test]
    fn code_that_would_be_compiled() {
        assert_eq!(code_block("text\n\n    let x = 1;"), Some("    let x = 1;"));
        assert_eq!(code_block("```\nx\n```"), Some("```"));
        assert_eq!(code_block("```json\n    {}\n```\ntext"), None);
        assert_eq!(code_block("text\n    that goes on"), None);
        assert_eq!(code_block("- item\n\n    that goes on"), None);
    }
}
