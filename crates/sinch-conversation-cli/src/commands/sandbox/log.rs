//! `sandbox log`: what went through a sandbox.

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::control::Controls;
use crate::context::Context;
use crate::error::Failure;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(Args)]
pub(super) struct Arguments {
    /// Only what an app sent and received
    #[arg(long, value_name = "ID")]
    app: Option<String>,
    /// Wait for more, until Ctrl-C
    #[arg(long, short)]
    follow: bool,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let controls = Controls::new(context)?;
        let columns = ["time", "kind", "channel", "identity", "id", "status"];
        context.run(async {
            let mut list = context.output().begin_list(&columns);
            let mut after = 0;
            loop {
                let page = controls.get(&self.path(after)).await?;
                let entries = page.get("entries").and_then(Value::as_array);
                for entry in entries.into_iter().flatten() {
                    list.item(entry.clone())?;
                }
                after = page.get("next").and_then(Value::as_i64).unwrap_or(after);
                let has_more = page.get("more").and_then(Value::as_bool) == Some(true);
                match (has_more, self.follow) {
                    (true, _) => {}
                    (false, false) => return list.end(),
                    (false, true) => {
                        list.flush()?;
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        })
    }

    fn path(&self, after: i64) -> String {
        let app = self.app.as_deref().unwrap_or_default();
        let app: String = form_urlencoded::byte_serialize(app.as_bytes()).collect();
        format!("timeline?after={after}&app_id={app}")
    }
}
