//! The results as a picture: the figure of each row as a bar, with the goal as another one above it.

use std::fmt::{self, Write as _};

use crate::machine::Machine;
use crate::measure::Comparison;
use crate::report::Report;

const WIDTH: u32 = 860;
const MARGIN: u32 = 20;
/// Where the bars begin.
const BARS: u32 = 270;
/// The length of a goal.
const GOAL: f64 = 160.0;
/// The length at which a bar is cut off; its text has the figure.
const LONGEST: f64 = 380.0;

const GREY: &str = "#b5bac1";
const GREEN: &str = "#2e8b57";
const RED: &str = "#c0392b";
const BLUE: &str = "#3b6ea5";

/// Draws the cases. Rows without a goal are left out if the case has rows with one.
pub(crate) fn svg(machine: &Machine, reports: &[Report]) -> Result<String, fmt::Error> {
    let mut body = String::new();
    let mut y = 30;
    text(
        &mut body,
        MARGIN,
        y,
        "bold",
        "Measured (below) and goal (above), relative to the base: shorter is better",
    )?;
    y += 18;
    for line in machine.to_string().lines() {
        text(&mut body, MARGIN, y, "normal", line)?;
        y += 16;
    }
    for report in reports {
        y += 22;
        let heading = format!("{}, relative to: {}", report.case, report.base);
        text(&mut body, MARGIN, y, "bold", &heading)?;
        y += 8;
        let has_goals = report.rows.iter().any(|row| row.goal.is_some());
        let rows = report.rows.iter();
        for row in rows.filter(|row| !has_goals || row.goal.is_some()) {
            bars(&mut body, y, row)?;
            y += 26;
        }
    }
    let height = y + MARGIN;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
    ))
}

/// Draws a row: its goal, or the base where it has none, and the median of its ratios.
fn bars(body: &mut String, y: u32, row: &Comparison) -> fmt::Result {
    let ratio = row.ratio();
    let reference = row.goal.unwrap_or(1.0);
    let colour = match row.goal {
        None => BLUE,
        Some(goal) if ratio.median <= goal => GREEN,
        Some(_) => RED,
    };
    text(body, MARGIN + 10, y + 15, "normal", &row.what)?;
    bar(body, y + 3, 6, GOAL, GREY)?;
    // Also cuts off what is not a number.
    let length = (GOAL * ratio.median / reference).min(LONGEST);
    bar(body, y + 10, 8, length, colour)?;
    let goal = match row.goal {
        Some(goal) => format!("goal {goal:.2}"),
        None => "base 1".to_owned(),
    };
    let figures = format!(
        "{:.2} ({:.2} to {:.2}), {goal}",
        ratio.median, ratio.least, ratio.most
    );
    let end = BARS + LONGEST as u32 + 8;
    text(body, end, y + 15, "normal", &figures)
}

fn bar(body: &mut String, y: u32, height: u32, length: f64, colour: &str) -> fmt::Result {
    writeln!(
        body,
        "<rect x=\"{BARS}\" y=\"{y}\" width=\"{length:.1}\" height=\"{height}\" fill=\"{colour}\"/>"
    )
}

fn text(body: &mut String, x: u32, y: u32, weight: &str, words: &str) -> fmt::Result {
    let words = words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    writeln!(
        body,
        "<text x=\"{x}\" y=\"{y}\" font-weight=\"{weight}\">{words}</text>"
    )
}
