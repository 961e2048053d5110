//! Puts a `WHERE` together from the filters that a list was asked for.

use rusqlite::types::Value;

/// Clauses joined by `AND`, with the values of their `?` in order.
#[derive(Default)]
pub(crate) struct Filter {
    clauses: Vec<&'static str>,
    values: Vec<Value>,
}

impl Filter {
    /// Adds a clause that has one `?`.
    pub(crate) fn and(&mut self, clause: &'static str, value: impl Into<Value>) {
        self.and_all(clause, [value.into()]);
    }

    /// Adds a clause that has as many `?` as there are values.
    pub(crate) fn and_all(
        &mut self,
        clause: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) {
        self.clauses.push(clause);
        self.values.extend(values);
    }

    /// Adds the clause when there is a value.
    pub(crate) fn and_some(&mut self, clause: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.and(clause, value);
        }
    }

    /// `SELECT`, the filters, the rest.
    pub(crate) fn sql(&self, select: &str, rest: &str) -> String {
        if self.clauses.is_empty() {
            return format!("{select} {rest}");
        }
        format!("{select} WHERE {} {rest}", self.clauses.join(" AND "))
    }

    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}
