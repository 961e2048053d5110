//! The report as Markdown.
//!
//! Everything that comes from a document stands in a code span, where Markdown and HTML mean nothing.

use std::fmt::Write;

use super::kind::Impact;
use super::report::{Bump, Change, Report, Section};
use crate::markdown::{code, whole};

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
    page.push_str(&prose(report));
    page
}

/// Every new line of prose, whole, since it becomes documentation.
fn prose(report: &Report) -> String {
    let lines: String = report
        .prose
        .iter()
        .map(|wording| {
            let lines: Vec<String> = wording.lines.iter().map(|line| whole(line)).collect();
            format!("- {}: {}\n", whole(&wording.place), lines.join(" "))
        })
        .collect();
    match lines.as_str() {
        "" => lines,
        _ => format!("\n## New prose\n\n{lines}"),
    }
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
