//! Writes what the parser saw.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::escape::{self, is_address};

/// How many lists, items and quotes may be within one another; what is deeper is written at this depth.
const DEEPEST: usize = 16;

/// The whole text, a list, an item or a quote.
#[derive(Default)]
struct Container {
    lines: Vec<String>,
    /// What goes in front of the first line, and of each other one.
    indent: (String, String),
    /// Whether an empty line comes before it.
    is_apart: bool,
    /// Of a list: the number of its next item.
    number: Option<u64>,
    /// Of a list: whether an empty line comes between its items.
    is_loose: bool,
}

impl Container {
    fn add(&mut self, lines: impl IntoIterator<Item = String>, is_apart: bool) {
        if is_apart && !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.extend(lines);
    }

    fn indented(self) -> impl Iterator<Item = String> {
        let (first, rest) = self.indent;
        self.lines
            .into_iter()
            .enumerate()
            .map(move |(index, line)| {
                let indent = if index == 0 { &first } else { &rest };
                format!("{indent}{line}").trim_end().to_owned()
            })
    }
}

/// Takes the events of the parser in their order.
pub(super) struct Writer<'a> {
    source: &'a str,
    /// Where the last text ended in the source.
    seen: usize,
    /// What is being written, and what is around it, the outermost first.
    current: Container,
    outer: Vec<Container>,
    /// The text of the block that is being written, and where its last line starts.
    inline: String,
    line_start: usize,
    /// The sample that is being read.
    sample: Option<String>,
    /// What ends the link that is open; its text goes unless it is written before.
    link: Option<String>,
    is_silent: bool,
    /// The cells of the row that is open, and the rows before it.
    row: Option<Vec<String>>,
    rows: Vec<String>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            seen: 0,
            current: Container::default(),
            outer: Vec::new(),
            inline: String::new(),
            line_start: 0,
            sample: None,
            link: None,
            is_silent: false,
            row: None,
            rows: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.paragraph();
        self.current.lines.join("\n").trim().to_owned()
    }

    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => return self.start(tag, range.start),
            Event::End(tag) => return self.end(tag),
            Event::Text(text) => match &mut self.sample {
                Some(sample) => sample.push_str(&text),
                None => self.text(&text),
            },
            Event::Code(text) if self.row.is_some() => {
                self.inline
                    .push_str(&escape::span(&text.replace('|', "\\|")));
            }
            Event::Code(text) => self.inline.push_str(&escape::span(&text)),
            Event::SoftBreak => self.new_line(""),
            Event::HardBreak => self.new_line("\\"),
            Event::InlineHtml(tag) if is_line_break(&tag) => self.space(),
            Event::Html(html) | Event::InlineHtml(html) => {
                for line in html.split_inclusive('\n') {
                    self.text(line);
                    if line.ends_with('\n') {
                        self.new_line("");
                    }
                }
            }
            // A rule separates no more than an empty line does; the other kinds are not enabled.
            _ => {}
        }
        self.seen = range.end;
    }

    fn start(&mut self, tag: Tag<'_>, place: usize) {
        match tag {
            Tag::Emphasis => self.inline.push('*'),
            Tag::Strong => self.inline.push_str("**"),
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => self.open_link(link_type, &dest_url),
            Tag::TableHead | Tag::TableRow => self.row = Some(Vec::new()),
            Tag::Image { .. } | Tag::TableCell => {}
            block => {
                self.paragraph();
                self.open_block(block, place);
            }
        }
    }

    fn open_block(&mut self, tag: Tag<'_>, place: usize) {
        match tag {
            Tag::Paragraph => {
                if let Some(list) = self.outer.last_mut() {
                    list.is_loose = true;
                }
            }
            Tag::List(number) => {
                let is_apart = self.is_apart(place);
                self.enter(Container {
                    number,
                    is_apart,
                    ..Container::default()
                });
            }
            Tag::Item => self.enter_item(),
            Tag::BlockQuote(_) => self.enter(Container {
                indent: ("> ".to_owned(), "> ".to_owned()),
                is_apart: true,
                ..Container::default()
            }),
            Tag::CodeBlock(_) => self.sample = Some(String::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.inline.push('*'),
            TagEnd::Strong => self.inline.push_str("**"),
            TagEnd::Link => {
                self.is_silent = false;
                let end = self.link.take().unwrap_or_default();
                self.inline.push_str(&end);
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.paragraph(),
            TagEnd::Heading(level) => {
                let text = self.one_line();
                self.current
                    .add([format!("{} {text}", "#".repeat(level as usize))], true);
            }
            TagEnd::CodeBlock => self.close_sample(),
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.paragraph();
                self.leave();
            }
            TagEnd::TableCell => {
                let cell = self.one_line();
                self.row.get_or_insert_default().push(cell);
            }
            TagEnd::TableHead => {
                let columns = self.close_row();
                self.rows.push(format!("|{}", " --- |".repeat(columns)));
            }
            TagEnd::TableRow => drop(self.close_row()),
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.current.add(rows, true);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let mut rest = if self.is_silent { "" } else { text };
        while let Some(character) = rest.chars().next() {
            let is_word = self.inline.ends_with(char::is_alphanumeric);
            let may_link = !is_word && self.link.is_none();
            let address = escape::address(rest).filter(|_| may_link);
            let end = address.map_or(character.len_utf8(), str::len);
            let (_, after) = rest.split_at(end);
            match (address, character) {
                (Some(address), _) => self.inline.push_str(&format!("<{address}>")),
                // Of what is blank only a single space stays: a mark with more behind it would make a sample.
                (None, ' ' | '\t' | '\n' | '\r') => self.space(),
                (None, '&') if escape::is_entity(rest) => self.inline.push_str("&amp;"),
                (None, _) => {
                    let line = self.inline.get(self.line_start..).unwrap_or_default();
                    let in_table = self.row.is_some();
                    let written = escape::written(character, line, after.chars().next(), in_table);
                    self.inline.push_str(&written);
                }
            }
            rest = after;
        }
    }

    fn space(&mut self) {
        if !self.inline.ends_with(' ') && self.line_start < self.inline.len() {
            self.inline.push(' ');
        }
    }

    fn new_line(&mut self, end: &str) {
        self.inline.push_str(end);
        self.inline.push('\n');
        self.line_start = self.inline.len();
    }

    /// Only http addresses are linked to; of another link the text stays.
    fn open_link(&mut self, kind: LinkType, address: &str) {
        let end = match kind {
            _ if !is_address(address) => String::new(),
            LinkType::Autolink => {
                self.is_silent = true;
                format!("<{}>", escape::target(address))
            }
            _ => {
                // An exclamation mark before a link would make an image of it.
                if self.inline.ends_with('!') {
                    self.inline.pop();
                    self.inline.push_str("\\!");
                }
                self.inline.push('[');
                format!("]({})", escape::target(address))
            }
        };
        self.link = Some(end);
    }

    /// The text so far as lines of their own, none of them indented or empty.
    fn paragraph(&mut self) {
        let text = self.take_inline();
        let mut lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(escape::line)
            .peekable();
        if lines.peek().is_some() {
            self.current.add(lines, true);
        }
    }

    fn one_line(&mut self) -> String {
        let text = self.take_inline();
        let lines: Vec<&str> = text
            .lines()
            .map(|line| line.trim_end_matches('\\').trim())
            .collect();
        lines.join(" ").trim().to_owned()
    }

    fn take_inline(&mut self) -> String {
        self.line_start = 0;
        std::mem::take(&mut self.inline)
    }

    fn close_sample(&mut self) {
        let sample = self.sample.take().unwrap_or_default();
        let fence = "`".repeat(escape::longest_run_of_backticks(&sample).max(2) + 1);
        let mut lines = vec![format!("{fence}text")];
        lines.extend(sample.lines().map(str::to_owned));
        lines.push(fence);
        self.current.add(lines, true);
    }

    /// Writes the row and returns how many cells it has.
    fn close_row(&mut self) -> usize {
        let cells = self.row.take().unwrap_or_default();
        self.rows.push(format!("| {} |", cells.join(" | ")));
        cells.len()
    }

    fn enter_item(&mut self) {
        let mark = match &mut self.current.number {
            Some(number) => {
                *number = number.saturating_add(1);
                format!("{}. ", number.saturating_sub(1))
            }
            None => "- ".to_owned(),
        };
        let is_apart = self.current.is_loose;
        let rest = " ".repeat(mark.len());
        self.enter(Container {
            indent: (mark, rest),
            is_apart,
            ..Container::default()
        });
    }

    fn enter(&mut self, mut container: Container) {
        if self.outer.len() >= DEEPEST {
            container.indent = Default::default();
        }
        self.outer
            .push(std::mem::replace(&mut self.current, container));
    }

    fn leave(&mut self) {
        let around = self.outer.pop().unwrap_or_default();
        let container = std::mem::replace(&mut self.current, around);
        let is_apart = container.is_apart;
        let lines: Vec<String> = container.indented().collect();
        if !lines.is_empty() {
            self.current.add(lines, is_apart);
        }
    }

    /// Whether the source has an empty line between the last text and a place.
    fn is_apart(&self, place: usize) -> bool {
        let between = self.source.get(self.seen..place).unwrap_or_default();
        between.matches('\n').count() > 1
    }
}

fn is_line_break(tag: &str) -> bool {
    let name = tag
        .trim_start_matches('<')
        .trim_end_matches(['>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}
