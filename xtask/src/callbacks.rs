//! A filled callback of each kind, for the command line.
//!
//! `{now}` stands for the time and `{id}` for a new id: they are replaced when a callback is made.

use serde_json::json;

use crate::{
    filling::{Filling, Side},
    model::{Alternative, Form, Model},
};

/// The union of all callbacks.
const UNION: &str = "ConversationWebhookEvent";

/// Returns the callbacks as JSON, one line each, by the key that identifies the kind.
pub fn text(model: &Model) -> String {
    let union = model.types.get(UNION).map(|schema| &schema.form);
    let kinds: &[Alternative] = match union {
        Some(Form::Union(_, alternatives)) => alternatives,
        _ => &[],
    };
    let filling = Filling {
        model,
        side: Side::Callback,
    };
    let lines: Vec<String> = kinds
        .iter()
        .map(|kind| {
            let callback = filling.value("", &kind.schema, 0);
            format!("{}: {callback}", json!(kind.mark))
        })
        .collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}
