//! Findings as Markdown that also reads well in a terminal.

use std::fmt::Write;

use super::{Finding, RULES};
use crate::markdown::code;

/// The findings grouped by rule: how many, why it matters, and the first `shown` places.
pub fn to_markdown(findings: &[Finding], shown: usize) -> String {
    let mut page = match findings.len() {
        0 => return "# No findings\n".to_owned(),
        1 => "# 1 finding\n".to_owned(),
        count => format!("# {count} findings\n"),
    };
    for rule in RULES {
        let of_rule: Vec<&Finding> = findings
            .iter()
            .filter(|finding| finding.rule == rule.name)
            .collect();
        if of_rule.is_empty() {
            continue;
        }
        let _ = write!(
            page,
            "\n## {} ({})\n\n{}\n\n",
            rule.name,
            of_rule.len(),
            rule.why
        );
        for finding in of_rule.iter().take(shown) {
            let _ = writeln!(page, "- {}: {}", code(&finding.pointer), finding.message);
        }
        if let Some(more @ 1..) = of_rule.len().checked_sub(shown) {
            let _ = writeln!(page, "- +{more} more");
        }
    }
    page
}
