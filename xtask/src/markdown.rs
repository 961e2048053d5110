//! Markdown of unknown origin as Markdown that rustdoc accepts.
//!
//! Templating and HTML go, bare addresses become links, brackets that link nowhere are escaped, and no sample is left
//! that rustdoc would compile.

/// HTML tags that are taken out; a line break becomes a space, which a table survives too.
const HTML: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "nobr",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

/// Deeper indentation would make a code block, and rustdoc compiles those.
const DEEPEST_INDENT: usize = 2;

/// Makes a description safe for rustdoc. What is safe already comes out as it was.
pub fn for_rustdoc(text: &str) -> String {
    let text = without_templating(&text.replace("\r\n", "\n").replace('\t', "    "));
    let mut out = Vec::new();
    let mut prose = Vec::new();
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let start = line.trim_start();
        match fence {
            Some(mark) if start.starts_with(mark) => {
                out.push("```".to_owned());
                fence = None;
            }
            Some(_) => out.push(line.to_owned()),
            None => match fence_of(start) {
                Some(mark) => {
                    flush(&mut prose, &mut out);
                    out.push("```text".to_owned());
                    fence = Some(mark);
                }
                None => prose.push(with_shallow_indent(line)),
            },
        }
    }
    flush(&mut prose, &mut out);
    if fence.is_some() {
        out.push("```".to_owned());
    }
    out.join("\n").trim().to_owned()
}

/// The first sentence, for places with room for one line.
pub fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    paragraph
        .find(". ")
        .and_then(|end| paragraph.get(..=end))
        .unwrap_or(paragraph)
}

fn fence_of(line: &str) -> Option<&'static str> {
    ["```", "~~~"]
        .into_iter()
        .find(|mark| line.starts_with(mark))
}

fn with_shallow_indent(line: &str) -> String {
    let text = line.trim();
    let indent = line.len() - line.trim_start().len();
    format!("{}{text}", " ".repeat(indent.min(DEEPEST_INDENT)))
}

fn flush(prose: &mut Vec<String>, out: &mut Vec<String>) {
    if !prose.is_empty() {
        out.push(Inline::new(&prose.join("\n")).run());
        prose.clear();
    }
}

/// `{% … %}` goes with all it holds; what stands between two such tags stays.
fn without_templating(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{%") {
        out.push_str(before);
        rest = after.split_once("%}").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// Walks over a piece of prose once.
struct Inline<'a> {
    rest: &'a str,
    out: String,
}

impl<'a> Inline<'a> {
    fn new(rest: &'a str) -> Self {
        Self {
            rest,
            out: String::new(),
        }
    }

    fn run(mut self) -> String {
        while let Some(next) = self.rest.chars().next() {
            match next {
                '`' => self.code_span(),
                '<' => self.angle(),
                '[' => self.bracket(),
                ']' => self.escape(1),
                '\\' => self.copy_escape(),
                _ if self.at_address() => self.address(),
                _ => self.copy(next.len_utf8()),
            }
        }
        self.out
    }

    fn copy(&mut self, bytes: usize) {
        let (head, tail) = self.rest.split_at(bytes);
        self.out.push_str(head);
        self.rest = tail;
    }

    fn escape(&mut self, bytes: usize) {
        self.out.push('\\');
        self.copy(bytes);
    }

    fn copy_escape(&mut self) {
        let bytes = self.rest.chars().take(2).map(char::len_utf8).sum();
        self.copy(bytes);
    }

    /// A span is copied as it is; a backtick without a partner is only a character.
    fn code_span(&mut self) {
        let ticks = self.rest.len() - self.rest.trim_start_matches('`').len();
        let (mark, inside) = self.rest.split_at(ticks);
        match inside.find(mark) {
            Some(end) => self.copy(ticks + end + ticks),
            None => {
                for _ in 0..ticks {
                    self.escape(1);
                }
            }
        }
    }

    fn angle(&mut self) {
        let inside = self.rest.strip_prefix('<').unwrap_or_default();
        let Some(end) = inside.find('>') else {
            return self.entity();
        };
        let (tag, _) = inside.split_at(end);
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        if is_address(tag) && !tag.contains(char::is_whitespace) {
            self.copy(end + 2);
        } else if HTML.contains(&name.as_str()) || tag.starts_with("!--") {
            if name == "br" {
                self.out.push(' ');
            }
            self.rest = inside.get(end + 1..).unwrap_or_default();
        } else {
            self.entity();
        }
    }

    fn entity(&mut self) {
        self.out.push_str("&lt;");
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    /// `[text](https://…)` stays a link, `[text](elsewhere)` becomes its text, and other brackets are characters.
    fn bracket(&mut self) {
        let link = self.rest.split_once("](").and_then(|(text, after)| {
            let text = text.get(1..)?;
            let (target, after) = after.split_once(')')?;
            let plain = !text.contains(['[', ']', '\n']) && !target.contains(char::is_whitespace);
            plain.then_some((text, target, after))
        });
        let Some((text, target, after)) = link else {
            return self.escape(1);
        };
        let text = Inline::new(text).run();
        if is_address(target) {
            self.out.push_str(&format!("[{text}]({target})"));
        } else {
            self.out.push_str(&text);
        }
        self.rest = after;
    }

    fn at_address(&self) -> bool {
        let boundary = !self.out.ends_with(|last: char| last.is_alphanumeric());
        boundary && is_address(self.rest)
    }

    /// A bare address gets the angle brackets that make it a link; punctuation after it stays outside.
    fn address(&mut self) {
        let end = self
            .rest
            .find(|c: char| {
                c.is_whitespace()
                    || matches!(c, '<' | '>' | '"' | '`' | ')' | ']' | '|' | '{' | '[')
            })
            .unwrap_or(self.rest.len());
        let (address, _) = self.rest.split_at(end);
        let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
        let host = address
            .split_once("://")
            .is_some_and(|(_, host)| !host.is_empty());
        if host {
            self.out.push('<');
            self.copy(address.len());
            self.out.push('>');
        } else {
            self.copy(address.len());
        }
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
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
        check(
            "Text with `code [x] <y>` and *stress*.\n\n- one\n- two",
            "Text with `code [x] <y>` and *stress*.\n\n- one\n- two",
        );
    }

    #[test]
    fn brackets_and_links() {
        check("a [b] c", "a \\[b\\] c");
        check(
            "see [docs](https://a.example/x) now",
            "see [docs](https://a.example/x) now",
        );
        check("see [docs](/docs/x#y) now", "see docs now");
        check("an [open bracket", "an \\[open bracket");
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
    fn html_and_templating() {
        check(
            "a<br/>b <b>c</b> Map<string> 1 < 2",
            "a b c Map&lt;string> 1 &lt; 2",
        );
        check(
            "{% partial file=\"x.md\" /%}kept{% admonition %} too",
            "kept too",
        );
        check("cut {% off", "cut");
    }

    #[test]
    fn samples_are_never_compiled() {
        check("```json\n{\"a\": [1]}\n```", "```text\n{\"a\": [1]}\n```");
        check("~~~\nlet x = 1;", "```text\nlet x = 1;\n```");
        check(
            "text\n\n    let x = 1;\n\tlet y = 2;",
            "text\n\n  let x = 1;\n  let y = 2;",
        );
    }

    #[test]
    fn lone_backticks() {
        check("it's a ` tick", "it's a \\` tick");
    }

    #[test]
    fn sentences() {
        assert_eq!(first_sentence("One. Two."), "One.");
        assert_eq!(first_sentence("One\n\nTwo."), "One");
    }
}
