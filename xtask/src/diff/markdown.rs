//! The report as Markdown.
//!
//! Everything that comes from a document stands in a code span, where Markdown and HTML mean nothing.

use std::fmt::Write;

use super::kind::Impact;
use super::report::{Bump, Change, Report, Section};

/// Longer text from a document (a default, a list of values) is cut here.
const MAX_CHARS: usize = 240;

pub(super) fn render(report: &Report) -> String {
    let mut page = format!("# {}\n", verdict(report));
    for (section, title) in [
        (Section::Operations, "Operations"),
        (Section::Schemas, "Schemas"),
        (Section::Enums, "Enums"),
    ] {
        let changes = report
            .changes
            .iter()
            .filter(|change| change.section == section);
        let lines: String = changes.map(bullet).collect();
        if !lines.is_empty() {
            let _ = write!(page, "\n## {title}\n\n{lines}");
        }
    }
    page.push_str(&without_meaning(report));
    page
}

fn verdict(report: &Report) -> String {
    let counts = || {
        format!(
            "{} breaking, {} compatible",
            report.count(Impact::Breaking),
            report.count(Impact::Compatible)
        )
    };
    match report.bump() {
        Bump::Major => format!(
            "Breaking: major bump\n\n{}. From 0.y.z the next version is 0.(y+1).0.",
            counts()
        ),
        Bump::Minor => format!(
            "Compatible: minor bump\n\n{}. From 0.y.z the next version is 0.y.(z+1).",
            counts()
        ),
        Bump::Patch => "Compatible: patch bump\n\nNo change of meaning. \
             From 0.y.z the next version is 0.y.(z+1)."
            .to_owned(),
        Bump::None => "Same: no bump\n\nNo change of meaning.".to_owned(),
    }
}

fn bullet(change: &Change) -> String {
    let impact = match change.impact {
        Impact::Breaking => "**breaking**",
        Impact::Compatible => "compatible",
    };
    let reach = match change.reach {
        None => String::new(),
        Some(0) => " (no operation)".to_owned(),
        Some(1) => " (1 operation)".to_owned(),
        Some(count) => format!(" ({count} operations)"),
    };
    let detail = if change.detail.is_empty() {
        String::new()
    } else {
        format!(": {}", code(&change.detail))
    };
    format!(
        "- {impact} {}{reach} {}{detail}\n",
        code(&change.location),
        change.kind.phrase()
    )
}

/// Two lines at most, for what differs without a difference in meaning.
fn without_meaning(report: &Report) -> String {
    let mut lines = String::new();
    if report.documentation > 0 {
        let places = if report.documentation == 1 {
            "place"
        } else {
            "places"
        };
        let _ = write!(
            lines,
            "\nDocumentation changed in {} {places}.\n",
            report.documentation
        );
    }
    if !report.moved.is_empty() {
        let _ = write!(
            lines,
            "\nMoved between a component and the place of use: {}.\n",
            code(&report.moved.join(", "))
        );
    }
    lines
}

/// Text from a document as a code span that it cannot leave.
pub(crate) fn code(text: &str) -> String {
    let mut line: String = text.chars().take(MAX_CHARS).flat_map(visible).collect();
    if text.chars().nth(MAX_CHARS).is_some() {
        line.push('…');
    }
    let fence = "`".repeat(longest_run_of_backticks(&line) + 1);
    // A span that starts or ends with a backtick, or has only spaces, needs room within its fence.
    if line.starts_with('`') || line.ends_with('`') || line.trim().is_empty() {
        format!("{fence} {line} {fence}")
    } else {
        format!("{fence}{line}{fence}")
    }
}

/// A character, or its escape when it would break the line or reorder what a reviewer sees.
fn visible(character: char) -> impl Iterator<Item = char> {
    let hidden = character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
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

#[cfg(test)]
mod tests {
    use super::code;

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
        assert_eq!(cut.chars().count(), super::MAX_CHARS + 3);
    }
}
