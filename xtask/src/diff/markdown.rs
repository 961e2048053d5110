//! The report as Markdown.
//!
//! Everything from a document is in a code span, where Markdown and HTML have no effect.

use std::fmt::Write;

use super::{Bump, Change, DocumentReport, Impact, Report, Section, SurfaceChange, Wording};
use crate::markdown::{code, whole};

pub(super) fn render(report: &Report) -> String {
    let mut page = format!("# {}\n", headline(report));
    for document in &report.documents {
        let _ = write!(page, "\n## {}\n{}", document.name, one(document));
    }
    let lines = report.surface.iter().map(surface);
    page.push_str(&section("## Surface of the crate", lines));
    let wordings = report.documents.iter().flat_map(|document| &document.prose);
    page.push_str(&section("## New prose", wordings.map(prose)));
    page
}

/// Returns a heading with its lines, or nothing without lines.
fn section(title: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.collect();
    match lines.as_str() {
        "" => lines,
        _ => format!("\n{title}\n\n{lines}"),
    }
}

fn headline(report: &Report) -> String {
    let impacts = report.changes().map(|change| change.impact);
    let behaviour = impacts.filter(|it| *it == Impact::Behaviour).count();
    let of = |impact| {
        let changes = report.surface.iter();
        changes.filter(|change| change.impact == impact).count()
    };
    let (breaking, compatible) = (of(Impact::Breaking), of(Impact::Compatible));
    let surface = format!("Surface of the crate: {breaking} breaking, {compatible} compatible.");
    let api = match behaviour {
        0 => String::new(),
        1 => " The API behaves differently in 1 place.".to_owned(),
        count => format!(" The API behaves differently in {count} places."),
    };
    match report.bump() {
        Bump::Major => format!(
            "Breaking: major bump\n\n{surface}{api} From 0.y.z the next version is 0.(y+1).0."
        ),
        Bump::Minor => format!(
            "Compatible: minor bump\n\n{surface}{api} From 0.y.z the next version is 0.y.(z+1)."
        ),
        Bump::Patch => "Compatible: patch bump\n\nNo change of meaning. \
             From 0.y.z the next version is 0.y.(z+1)."
            .to_owned(),
        Bump::None => "Same: no bump\n\nNo change of meaning.".to_owned(),
    }
}

fn one(document: &DocumentReport) -> String {
    let mut page = String::new();
    if document.changes.is_empty() {
        page.push_str("\nNo change of meaning.\n");
    }
    for (part, title) in [
        (Section::Operations, "### Operations"),
        (Section::Schemas, "### Schemas"),
        (Section::Enums, "### Enums"),
    ] {
        let changes = document.changes.iter();
        let changes = changes.filter(|change| change.section == part);
        page.push_str(&section(title, changes.map(bullet)));
    }
    match document.documentation {
        0 => {}
        1 => page.push_str("\nDocumentation changed in 1 place.\n"),
        count => {
            let _ = write!(page, "\nDocumentation changed in {count} places.\n");
        }
    }
    page
}

fn mark(impact: Impact) -> &'static str {
    match impact {
        Impact::Breaking => "**breaking**",
        Impact::Behaviour => "*behaviour*",
        Impact::Compatible => "compatible",
    }
}

fn bullet(change: &Change) -> String {
    let reach = match change.reach {
        None => String::new(),
        Some(0) => " (no operation)".to_owned(),
        Some(1) => " (1 operation)".to_owned(),
        Some(count) => format!(" ({count} operations)"),
    };
    format!(
        "- {} {}{reach} {}{}\n",
        mark(change.impact),
        code(&change.location),
        change.kind.phrase(),
        detail(&change.detail)
    )
}

fn surface(change: &SurfaceChange) -> String {
    format!(
        "- {} {} {}{}\n",
        mark(change.impact),
        code(&change.name),
        change.what,
        detail(&change.detail)
    )
}

fn detail(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!(": {}", code(text)),
    }
}

/// Returns every new line of prose completely, since it becomes documentation.
fn prose(wording: &Wording) -> String {
    let lines: Vec<String> = wording.lines.iter().map(|line| whole(line)).collect();
    format!("- {}: {}\n", whole(&wording.place), lines.join(" "))
}
