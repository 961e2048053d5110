//! The normaliser's report for a reviewer.

use std::fmt;

/// What one pass touched in one document.
#[derive(Debug, Clone)]
struct PassEntry {
    /// Name of the pass.
    pass: &'static str,
    /// The name of the document, or `all` for the merged ones.
    document: String,
    /// JSON pointers, some with a note.
    touched: Vec<String>,
}

/// What all passes touched, in the order in which they ran.
#[derive(Debug, Clone, Default)]
pub struct PassReport(Vec<PassEntry>);

impl PassReport {
    /// Adds what a pass touched, if anything.
    pub fn add(&mut self, pass: &'static str, document: &str, touched: Vec<String>) {
        if !touched.is_empty() {
            self.0.push(PassEntry {
                pass,
                document: document.to_owned(),
                touched,
            });
        }
    }
}

impl fmt::Display for PassReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.0 {
            writeln!(
                f,
                "{} ({}): {}",
                entry.pass,
                entry.document,
                entry.touched.len()
            )?;
            for place in &entry.touched {
                writeln!(f, "  {place}")?;
            }
        }
        Ok(())
    }
}
