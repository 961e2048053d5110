//! Texts in which `{column}` stands for a value of the row.

use crate::error::Failure;

/// A text with columns in it.
pub(super) struct Pattern(Vec<Part>);

enum Part {
    Text(String),
    /// The number of the column.
    Column(usize),
}

impl Pattern {
    /// Reads a pattern for a file with these columns.
    ///
    /// # Errors
    ///
    /// A brace has no counterpart, or there is no such column.
    pub(super) fn new(text: &str, columns: &[String]) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let is_doubled = characters.peek() == Some(&character);
            match character {
                '{' | '}' if is_doubled => plain.extend(characters.next()),
                '{' => {
                    let name: String = characters.by_ref().take_while(|it| *it != '}').collect();
                    let at = columns.iter().position(|column| *column == name.trim());
                    let at = at.ok_or_else(|| {
                        let columns = columns.join(", ");
                        Failure::usage(format!(
                            "{{{name}}}: the file has no such column, only {columns}"
                        ))
                    })?;
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    parts.push(Part::Column(at));
                }
                '}' => {
                    return Err(Failure::usage(format!(
                        "{text:?}: `}}` has no `{{`; write `}}}}`"
                    )));
                }
                other => plain.push(other),
            }
        }
        parts.push(Part::Text(plain));
        Ok(Self(parts))
    }

    pub(super) fn fill(&self, values: &[String]) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Column(at) => values.get(*at).map_or("", String::as_str),
        });
        parts.collect()
    }
}
