//! One round of edits to a text, based on a single parse.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{escape, is_hidden};

/// Returns the text with all edits that the parse calls for.
pub(super) fn once(text: &str) -> String {
    let mut editor = Editor {
        text,
        edits: Vec::new(),
        plain: 0..0,
        links: Vec::new(),
        sample: None,
        is_indented: false,
        depth: 0,
    };
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    // Links get their targets inline: a definition would also apply to the surrounding text.
    for (_, definition) in parser.reference_definitions().iter() {
        editor.replace(definition.span.clone(), String::new());
    }
    for (event, range) in parser.into_offset_iter() {
        editor.event(event, range);
    }
    editor.flush();
    editor.apply()
}

struct Editor<'a> {
    text: &'a str,
    /// The replacements of ranges, which do not overlap.
    edits: Vec<(Range<usize>, String)>,
    /// The range of plain text up to the current position.
    plain: Range<usize>,
    /// The open links and images.
    links: Vec<Link>,
    /// The open sample, with its lines if it is indented.
    sample: Option<Vec<Range<usize>>>,
    is_indented: bool,
    /// How many lists, items and quotes are open.
    depth: usize,
}

struct Link {
    /// The kind of link that is kept; `None` keeps only its text.
    kept: Option<LinkType>,
    address: String,
    /// The range of its text.
    inner: Option<Range<usize>>,
}

impl<'a> Editor<'a> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        let source = self.source(&range);
        if let (Event::Text(text), None) = (&event, &self.sample)
            && **text == *source
            && self.plain.end == range.start
        {
            self.plain.end = range.end;
            return self.widen_links(&range);
        }
        self.flush();
        if !matches!(event, Event::End(_)) {
            self.widen_links(&range);
        }
        match event {
            Event::Text(text) => match &mut self.sample {
                Some(lines) => lines.push(range),
                None if *text == *source => self.plain = range,
                None if text.contains(is_hidden) => {
                    self.replace(range, char::REPLACEMENT_CHARACTER.to_string());
                }
                None => {}
            },
            Event::InlineHtml(tag) if is_line_break(&tag) => self.replace(range, " ".to_owned()),
            Event::Html(_) | Event::InlineHtml(_) => {
                let escaped = source.replace('<', "&lt;");
                self.replace(range, escaped);
            }
            Event::HardBreak if source.starts_with(' ') => {
                self.replace(range, "\\\n".to_owned());
            }
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => self.links.push(Link {
                kept: escape::is_target(&dest_url).then_some(link_type),
                address: dest_url.into_string(),
                inner: None,
            }),
            Tag::Image { .. } => self.links.push(Link {
                kept: None,
                address: String::new(),
                inner: None,
            }),
            Tag::CodeBlock(kind) => {
                self.sample = Some(Vec::new());
                self.is_indented = kind == CodeBlockKind::Indented;
                if let CodeBlockKind::Fenced(language) = kind {
                    self.name_sample(&language, range);
                }
            }
            Tag::List(_) | Tag::Item | Tag::BlockQuote(_) => self.depth += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Link | TagEnd::Image => {
                let Some(link) = self.links.pop() else {
                    return;
                };
                let (before, after) = match link.kept {
                    Some(LinkType::Inline | LinkType::Autolink) => return,
                    Some(_) => ("[", format!("]({})", link.address)),
                    None => ("", String::new()),
                };
                let inner = link.inner.unwrap_or(range.end..range.end);
                self.replace(range.start..inner.start, before.to_owned());
                self.replace(inner.end..range.end, after);
            }
            TagEnd::CodeBlock => {
                let lines = self.sample.take().unwrap_or_default();
                if self.is_indented {
                    self.fence_sample(&lines);
                }
            }
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn source(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn replace(&mut self, range: Range<usize>, by: String) {
        self.edits.push((range, by));
    }

    fn apply(mut self) -> String {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut edited = String::new();
        let mut end = 0;
        for (range, by) in self.edits {
            if let Some(before) = self.text.get(end..range.start) {
                edited.push_str(before);
                edited.push_str(&by);
                end = range.end;
            }
        }
        edited.push_str(self.text.get(end..).unwrap_or_default());
        let lines: Vec<&str> = edited.trim_end().lines().map(str::trim_end).collect();
        lines.join("\n")
    }

    fn widen_links(&mut self, range: &Range<usize>) {
        for link in &mut self.links {
            let inner = link.inner.get_or_insert(range.clone());
            inner.end = inner.end.max(range.end);
        }
    }

    /// Escapes the brackets of plain text, which form no link, and turns bare addresses into links.
    fn flush(&mut self) {
        let Range { start, end } = std::mem::take(&mut self.plain);
        let mut kept = self.links.iter().filter_map(|link| link.kept);
        let may_link = match kept.next() {
            Some(LinkType::Autolink) => return,
            around => around.is_none(),
        };
        let mut place = start;
        while let Some(rest) = self.text.get(place..end) {
            let Some(next) = rest.chars().next() else {
                break;
            };
            let before = self.text.get(..place).unwrap_or_default();
            let is_word = before.ends_with(char::is_alphanumeric);
            let backslashes = before.len() - before.trim_end_matches('\\').len();
            match escape::address(rest).filter(|_| may_link && !is_word) {
                Some(address) => {
                    let range = place..place + address.len();
                    self.replace(range.clone(), format!("<{address}>"));
                    place = range.end;
                }
                None => {
                    if matches!(next, '[' | ']') && backslashes % 2 == 0 {
                        self.replace(place..place, "\\".to_owned());
                    }
                    place += next.len_utf8();
                }
            }
        }
    }

    /// Sets the language of a fenced sample to `text`, and closes an unclosed one.
    fn name_sample(&mut self, language: &str, range: Range<usize>) {
        let source = self.source(&range);
        let (indent, mark) = match source.find(['`', '~']) {
            Some(indent) => source.split_at(indent),
            None => return,
        };
        let is_mark = |character| mark.starts_with(character);
        let length = mark.len() - mark.trim_start_matches(is_mark).len();
        let (fence, _) = mark.split_at(length);
        let first = source.lines().next().unwrap_or_default();
        if language != "text" {
            let from = range.start + indent.len() + length;
            self.replace(from..range.start + first.len(), "text".to_owned());
        }
        let last = source.trim_end().lines().skip(1).last().unwrap_or_default();
        let is_closed = last.trim().starts_with(fence) && last.trim().chars().all(is_mark);
        if self.depth == 0 && range.end >= self.text.len() && !is_closed {
            self.replace(self.text.len()..self.text.len(), format!("\n{fence}"));
        }
    }

    /// Replaces the indentation of a sample by fences.
    fn fence_sample(&mut self, lines: &[Range<usize>]) {
        const INDENT: &str = "    ";
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return;
        };
        let start_of_line = |place: usize| {
            let before = self.text.get(..place).unwrap_or_default();
            before.rfind('\n').map_or(0, |end| end + 1)
        };
        let before = self.source(&(start_of_line(first.start)..first.start));
        let Some(around) = before.strip_suffix(INDENT) else {
            return;
        };
        // Quote markers are repeated on each line, list markers are not.
        let around: String = around
            .chars()
            .map(|mark| if mark == '>' { '>' } else { ' ' })
            .collect();
        let sample = self.source(&(first.start..last.end));
        let fence = escape::fence(sample);
        let end = first.start + sample.trim_end().len();
        for line in lines {
            let indent = line.start.saturating_sub(INDENT.len())..line.start;
            let is_first = line.start == first.start;
            if self.source(&indent) == INDENT {
                let opening = is_first.then(|| format!("{fence}text\n{around}"));
                self.replace(indent, opening.unwrap_or_default());
            }
        }
        self.replace(end..end, format!("\n{around}{fence}"));
    }
}

fn is_line_break(tag: &str) -> bool {
    let name = tag
        .trim_start_matches('<')
        .trim_end_matches(['>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}
