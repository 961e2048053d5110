//! `reference`: the commands that are made from the documents, with their operations.

use clap::Args;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::Failure;
use crate::reference::{entries, reference};

#[derive(Args)]
pub(crate) struct Arguments {}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let rows = entries().iter().map(|entry| -> Value {
            json!({
                "command": format!("{} {}", entry.noun, entry.verb),
                "operation": entry.operation.id.as_str(),
                "request": format!("{} {}", entry.operation.method, entry.operation.path),
                "summary": reference().operation(entry.operation).summary,
            })
        });
        let columns = ["command", "summary", "operation"];
        context.output().list(rows, &columns)
    }
}
