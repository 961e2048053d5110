//! The output: a table for people, or JSON.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::measure::{Comparison, Spread};

/// The results of one case.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) case: &'static str,
    /// The description of a round.
    pub(crate) round: String,
    /// What this project is compared with.
    pub(crate) base: &'static str,
    pub(crate) rows: Vec<Comparison>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.case, self.round)?;
        let head = ["", self.base, "this project", "ratio", "goal"].map(str::to_owned);
        let rows = self.rows.iter().map(cells);
        for row in std::iter::once(head).chain(rows) {
            let [what, base, subject, ratio, goal] = row;
            let line = format!("{what:<28} {base:<28} {subject:<28} {ratio:<18} {goal}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn cells(row: &Comparison) -> [String; 5] {
    let side = |values: &[f64]| {
        let Spread {
            median,
            least,
            most,
        } = Spread::of(values.iter().copied());
        let (unit, digits) = (row.unit, if median < 100.0 { 2 } else { 0 });
        format!("{median:.digits$} {unit} ({least:.digits$}..{most:.digits$})")
    };
    let ratio = row.ratio();
    let goal = row.goal.map_or_else(String::new, |goal| {
        let verdict = if ratio.median <= goal {
            "met"
        } else {
            "missed"
        };
        format!("{goal:.2} {verdict}")
    });
    [
        row.what.clone(),
        side(&row.base),
        side(&row.subject),
        format!(
            "{:.2} ({:.2}..{:.2})",
            ratio.median, ratio.least, ratio.most
        ),
        goal,
    ]
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ratio = self.ratio();
        let value = json!({
            "what": self.what,
            "unit": self.unit,
            "base": Spread::of(self.base.iter().copied()),
            "subject": Spread::of(self.subject.iter().copied()),
            "ratio": ratio,
            "goal": self.goal,
            "met": self.goal.map(|goal| ratio.median <= goal),
        });
        value.serialize(serializer)
    }
}

impl Serialize for Spread {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = json!({"median": self.median, "least": self.least, "most": self.most});
        value.serialize(serializer)
    }
}
