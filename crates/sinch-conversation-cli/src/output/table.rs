//! Tables for people, without lines around the cells.

use std::collections::BTreeSet;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

/// Cells are cut after this many characters.
const LONGEST_CELL: usize = 60;

/// More columns do not fit on most terminals.
const MOST_COLUMNS: usize = 6;

/// Returns the fields of a value, one a line.
pub(super) fn of_fields(value: &Value) -> String {
    let Some(fields) = value.as_object() else {
        return cell(value);
    };
    let mut table = new();
    for (name, value) in fields {
        table.add_row([name.clone(), whole(value)]);
    }
    text(table)
}

/// Returns a row for each item, with these columns, or the first that are texts or numbers in any item, the id before the
/// others.
pub(super) fn of_items(items: &[Value], columns: &[String]) -> String {
    let chosen = match columns.is_empty() {
        false => columns.to_vec(),
        true => choose(items),
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
    text(table)
}

fn choose(items: &[Value]) -> Vec<String> {
    let is_simple = |value: &Value| {
        value.is_number() || value.is_boolean() || value.as_str().is_some_and(|it| !it.is_empty())
    };
    let fields = items.iter().filter_map(Value::as_object).flatten();
    let names = fields.filter(|(_, value)| is_simple(value));
    let names: BTreeSet<&String> = names.map(|(name, _)| name).collect();
    let mut names: Vec<String> = names.into_iter().cloned().collect();
    names.sort_by_key(|name| name != "id");
    names.truncate(MOST_COLUMNS);
    names
}

fn new() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// Returns the table without the spaces at the ends of lines.
fn text(mut table: Table) -> String {
    let columns = table.column_iter_mut();
    columns.for_each(|column| {
        column.set_padding((0, 2));
    });
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
