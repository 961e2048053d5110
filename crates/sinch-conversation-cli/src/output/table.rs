//! Tables for people, without lines around the cells.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

/// Cells are cut after this many characters.
const LONGEST_CELL: usize = 60;

/// Returns the fields of a value, one a line.
pub(super) fn of_fields(value: &Value) -> String {
    let Some(fields) = value.as_object() else {
        return cell(value);
    };
    let mut table = new();
    for (name, value) in fields {
        table.add_row([name.clone(), whole(value)]);
    }
    text(&table)
}

/// Returns a row for each item, with these columns, or those of the first item that are no objects.
pub(super) fn of_items(items: &[Value], columns: &[String]) -> String {
    let first = items.first().and_then(Value::as_object);
    let simple = |value: &Value| !value.is_object() && !value.is_array();
    let chosen: Vec<String> = match columns.is_empty() {
        false => columns.to_vec(),
        true => first
            .into_iter()
            .flatten()
            .filter(|(_, value)| simple(value))
            .map(|(name, _)| name.clone())
            .collect(),
    };
    let mut table = new();
    table.set_header(chosen.iter().map(|name| name.to_uppercase()));
    for item in items {
        table.add_row(
            chosen
                .iter()
                .map(|name| item.get(name).map_or_else(String::new, cell)),
        );
    }
    text(&table)
}

fn new() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// Returns the table without the spaces at the ends of lines.
fn text(table: &Table) -> String {
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}

fn cell(value: &Value) -> String {
    let text = whole(value);
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Returns a value on one line. Control characters of what others wrote do not reach the terminal.
fn whole(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect()
}
