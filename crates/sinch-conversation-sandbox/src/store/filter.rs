//! Builds a `WHERE` clause from the filters of a list.

use rusqlite::types::Value;

/// Clauses joined by `AND`, with the values of their `?`.
#[derive(Default)]
pub(crate) struct Filter {
    clauses: Vec<&'static str>,
    values: Vec<Value>,
}

impl Filter {
    /// Adds a clause with one `?`.
    pub(crate) fn and(&mut self, clause: &'static str, value: impl Into<Value>) {
        self.and_all(clause, [value.into()]);
    }

    /// Adds a clause with as many `?` as there are values.
    pub(crate) fn and_all(
        &mut self,
        clause: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) {
        self.clauses.push(clause);
        self.values.extend(values);
    }

    /// Adds the clause if there is a value.
    pub(crate) fn and_some(&mut self, clause: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.and(clause, value);
        }
    }

    /// Returns `SELECT`, the filters and the rest.
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
