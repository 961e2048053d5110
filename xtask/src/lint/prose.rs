//! Titles, summaries and descriptions that rustdoc would trip on.

mod scan;

use super::document::Document;
use super::{Note, Rule};
use crate::markdown::code;

pub(super) const HTML: Rule = Rule {
    name: "prose-html",
    why: "Raw HTML: rustdoc warns of tags that do not close, and a terminal shows them as they are.",
    check: |document| scan(document, scan::html),
};

pub(super) const BARE_URL: Rule = Rule {
    name: "prose-bare-url",
    why: "A bare URL: rustdoc warns, and makes no link of it.",
    check: |document| scan(document, scan::bare_url),
};

pub(super) const BRACKETS: Rule = Rule {
    name: "prose-brackets",
    why: "Brackets that are no link: rustdoc takes them for the name of an item and warns that there is none.",
    check: |document| scan(document, scan::brackets),
};

pub(super) const TEMPLATING: Rule = Rule {
    name: "prose-templating",
    why: "Templating of the publisher's site: it shows up as noise.",
    check: |document| scan(document, scan::templating),
};

pub(super) const CODE: Rule = Rule {
    name: "prose-code",
    why: "Indented code, or a fence without a language: rustdoc compiles it as a Rust test.",
    check: |document| scan(document, scan::code_block),
};

/// How much of a text a message shows.
const SHOWN: usize = 40;

fn scan(document: &Document<'_>, find: fn(&str) -> Option<&str>) -> Vec<Note> {
    document
        .texts
        .iter()
        .filter_map(|text| {
            let excerpt: String = find(text.value)?.chars().take(SHOWN).collect();
            Some(Note::new(&text.pointer, code(excerpt.trim_end())))
        })
        .collect()
}
