//! Findings as Markdown that is also readable in a terminal.

use std::fmt::Write;

use super::{Finding, all};
use crate::markdown::code;

/// Formats the findings by rule: their number, why the rule matters, and the first `shown` places.
pub fn to_markdown(findings: &[Finding], shown: usize) -> String {
    let mut page = match findings.len() {
        0 => return "# No findings\n".to_owned(),
        1 => "# 1 finding\n".to_owned(),
        count => format!("# {count} findings\n"),
    };
    for rule in all() {
        let of_rule = findings.iter().filter(|finding| finding.rule == rule.name);
        let count = of_rule.clone().count();
        if count == 0 {
            continue;
        }
        let _ = write!(page, "\n## {} ({count})\n\n{}\n\n", rule.name, rule.why);
        for Finding {
            pointer, message, ..
        } in of_rule.take(shown)
        {
            let _ = match (pointer.as_str(), message.as_str()) {
                ("", place) | (place, "") => writeln!(page, "- {}", code(place)),
                (pointer, message) => writeln!(page, "- {}: {}", code(pointer), code(message)),
            };
        }
        if let Some(more @ 1..) = count.checked_sub(shown) {
            let _ = writeln!(page, "- +{more} more");
        }
    }
    page
}
