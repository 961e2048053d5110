//! `profile`: named settings.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::Context;
use crate::error::Failure;
use crate::output::add_field;
use crate::profiles::{KEYS, Profiles, SECRET};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List the profiles, without their secrets
    List,
    /// Use a profile where no other one is named
    Use {
        /// Name of the profile
        name: String,
    },
    /// Add a profile with --project, --region or --endpoint, and --app; its key comes with `auth login --profile NAME`
    Add {
        /// Name of the profile; one of this name is changed
        name: String,
        /// App of the profile
        #[arg(long, value_name = "ID")]
        app: Option<String>,
    },
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::List => list(context),
            Verb::Use { name } => Profiles::edit(|profiles| choose(profiles, &name)),
            Verb::Add { name, app } => Profiles::edit(|profiles| {
                let options = context.options();
                let settings = [
                    ("project", options.project.as_deref()),
                    ("region", options.region.as_deref()),
                    ("endpoint", options.endpoint.as_deref()),
                    ("app", app.as_deref()),
                ];
                profiles.set(&name, &settings)
            }),
        }
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let profiles = Profiles::load()?;
    let rows = profiles.names().into_iter().map(|name| {
        let mut row = json!({
            "id": name,
            "used": name == profiles.chosen(),
            "logged_in": profiles.get(name, SECRET).is_some() || profiles.uses_keyring(name),
        });
        for (key, _) in KEYS.into_iter().filter(|(key, _)| *key != SECRET) {
            if let Some(text) = profiles.get(name, key) {
                add_field(&mut row, key, text);
            }
        }
        row
    });
    let columns = [
        "id",
        "used",
        "logged_in",
        "project",
        "region",
        "endpoint",
        "app",
    ];
    context.output().list(rows, &columns)
}

fn choose(profiles: &mut Profiles, name: &str) -> Result<(), Failure> {
    if !profiles.has(name) {
        let hint = "sinch-conversation profile list";
        return Err(Failure::usage(format!("there is no profile {name:?}")).hint(hint));
    }
    profiles.choose(name);
    Ok(())
}
