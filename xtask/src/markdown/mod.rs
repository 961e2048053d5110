//! Makes Markdown of unknown origin safe for a documentation comment.
//!
//! A CommonMark parser reads it, and everything that rustdoc would not only show is edited until the parser finds no
//! more of it: HTML is escaped, every sample is fenced as `text`, so that rustdoc compiles none, links lead to http
//! addresses only, and bare addresses become links. What cannot be fixed becomes a sample.

mod edit;
mod escape;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

pub(crate) use escape::{code, is_hidden, whole};

/// The most rounds of edits: an edit can reveal something that was hidden from the parser.
const ROUNDS: usize = 8;

/// Makes a text safe for a documentation comment. Safe text stays unchanged.
pub fn for_rustdoc(text: &str) -> String {
    let mut text = escape::printable(text);
    for _ in 0..ROUNDS {
        let edited = edit::once(&text);
        if edited == text && is_inert(&text) {
            return text;
        }
        text = edited;
    }
    escape::fenced(&text)
}

/// Returns whether rustdoc only shows the text, also with a space at the start of each line, as in a comment.
fn is_inert(text: &str) -> bool {
    let rustdoc = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let comment: String = text.lines().map(|line| format!(" {line}\n")).collect();
    let only_shows = |text: &str| {
        let mut events = Parser::new_ext(text, rustdoc);
        let defines = events.reference_definitions().iter().next().is_some();
        !defines
            && events.all(|event| match event {
                Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. }) => false,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    &*language == "text"
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => false,
                Event::Start(Tag::Link { dest_url, .. }) => escape::is_target(&dest_url),
                Event::Text(text) => !text.contains(is_hidden_within),
                _ => true,
            })
    };
    only_shows(text) && only_shows(&comment)
}

/// Returns whether a character is hidden, line ends excepted.
fn is_hidden_within(character: char) -> bool {
    character != '\n' && is_hidden(character)
}

/// Removes each `{% … %}`; text between two such tags stays.
pub fn without_templating(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once("{%") {
        let Some((_, after)) = tag.split_once("%}") else {
            break;
        };
        out.push_str(before);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Returns the first sentence, for places with room for one line.
pub fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    paragraph
        .find(". ")
        .and_then(|end| paragraph.get(..=end))
        .unwrap_or(paragraph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str) {
        assert_eq!(for_rustdoc(from), to);
        assert_eq!(for_rustdoc(to), to, "a second time");
    }

    #[test]
    fn plain_prose_stays() {
        for text in [
            "Text with `code [x] <y>` and *stress*.\n\n- one\n- two",
            "Directly:\n- one\n  - inner\n- two\n\nAfter it.",
            "1. one\n2. two\n\n- loose\n\n- list\n\n  of paragraphs",
            "keys of message_id_{text, title}, 2 * 3, a - b, AT&T, C#, 1.5, ~ 5 > 4!",
            "| a | b |\n| --- | --- |\n| `c\\|d` | e |",
            "# Heading\n\n> quoted\n>\n> ```text\n> sample\n> ```",
            "``a ` b`` **bold** a\\\nb",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn brackets_and_links() {
        check("a [b] c", "a \\[b\\] c");
        check(
            "see [docs](https://a.example/x) now",
            "see [docs](https://a.example/x) now",
        );
        check("see [docs](/docs/x#y) now", "see docs now");
        check("[a](javascript:b) <javascript:c>", "a javascript:c");
        check("![text](https://a.example/i.png)", "text");
        check(
            "wow\\![a](https://a.example)",
            "wow\\![a](https://a.example)",
        );
        check("an [open bracket", "an \\[open bracket");
        check("[a]\n\n[a]: https://a.example", "[a](https://a.example)");
        check("[a]\n\n[a]: /x\n[b]: https://a.example", "a");
    }

    #[test]
    fn addresses() {
        check(
            "at https://a.example/x?y=1, or",
            "at <https://a.example/x?y=1>, or",
        );
        check("`http://host[:port]/path`", "`http://host[:port]/path`");
        check("<https://a.example>", "<https://a.example>");
        check("http:// alone", "http:// alone");
    }

    #[test]
    fn html_is_escaped() {
        check(
            "a<br/>b <b>c</b> Map<string> 1 < 2",
            "a b &lt;b>c&lt;/b> Map&lt;string> 1 < 2",
        );
        check(
            "`x\n\n<script>\n\n    alert(1)\n</script>",
            "`x\n\n&lt;script>\n\n```text\nalert(1)\n```\n&lt;/script>",
        );
        check("&lt;b> &#60;b>", "&lt;b> &#60;b>");
    }

    #[test]
    fn templating_goes() {
        assert_eq!(
            without_templating("{% partial file=\"x.md\" /%}kept{% admonition %} too"),
            "kept too"
        );
        assert_eq!(without_templating("100 {% off"), "100 {% off");
    }

    #[test]
    fn samples_are_text() {
        check("```json\n{\"a\": [1]}\n```", "```text\n{\"a\": [1]}\n```");
        check("~~~\n```\nlet x = 1;", "~~~text\n```\nlet x = 1;\n~~~");
        check(
            "text\n\n    let x = 1;\n\tlet y = 2;",
            "text\n\n```text\nlet x = 1;\nlet y = 2;\n```",
        );
        check(
            "> - a\n>\n>       let x = 1;",
            "> - a\n>\n>   ```text\n>   let x = 1;\n>   ```",
        );
    }

    #[test]
    fn what_cannot_be_seen_can_be_seen() {
        check("a\u{202e}b\u{0}c", "a\u{fffd}b\u{fffd}c");
        check("a\rb\r\nc", "a\nb\nc");
    }

    #[test]
    fn lone_marks_are_characters() {
        check("it's a ` tick", "it's a ` tick");
        check("\\# a\n\\- b\n1\\. c", "\\# a\n\\- b\n1\\. c");
        check("_a_ __b__", "_a_ __b__");
    }

    #[test]
    fn sentences() {
        assert_eq!(first_sentence("One. Two."), "One.");
        assert_eq!(first_sentence("One\n\nTwo."), "One");
    }
}
