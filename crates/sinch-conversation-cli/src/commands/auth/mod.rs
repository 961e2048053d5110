//! `auth`: the access key of a profile.

mod ask;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::{Context, Origin, Settings};
use crate::error::Failure;
use crate::keyring;
use crate::output::add_field;
use crate::profiles::{DEFAULT, Profiles, SECRET, SECRET_PLACE, path};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Check an access key and store it in a profile
    ///
    /// Asks on a terminal for what is not given. Elsewhere it needs --project, --region (or --endpoint), --key-id, and the
    /// secret on stdin (--with-secret) or in SINCH_KEY_SECRET: as an argument everyone on the machine could see it.
    Login(Login),
    /// Show which settings are used, where they come from, and whether the key is accepted
    Status,
    /// Remove the access key from a profile
    Logout,
}

#[derive(Args)]
struct Login {
    /// Id of the access key
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// Read the secret of the key from stdin
    #[arg(long)]
    with_secret: bool,
    /// App of the profile
    #[arg(long, value_name = "ID")]
    app: Option<String>,
    /// Store the key without a request that checks it
    #[arg(long)]
    no_check: bool,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.verb {
            Verb::Login(login) => login.run(context),
            Verb::Status => status(context),
            Verb::Logout => Profiles::edit(|profiles| {
                let name = profile_name(context, profiles);
                if !profiles.has(&name) {
                    return Err(Failure::usage(format!("there is no profile {name:?}")));
                }
                profiles.remove(&name, "key_id")?;
                profiles.remove(&name, SECRET)?;
                if profiles.uses_keyring(&name) {
                    keyring::remove(&name, context.can_ask())?;
                    profiles.remove(&name, SECRET_PLACE)?;
                }
                context.note(&format!("removed the access key of the profile {name:?}"));
                Ok(())
            }),
        }
    }
}

impl Login {
    fn run(self, context: &Context) -> Result<(), Failure> {
        let options = context.options();
        let project = ask::given(
            context,
            "Project id",
            options.project.as_deref(),
            "--project",
        )?;
        let place = match &options.endpoint {
            Some(url) => ("endpoint", url.clone()),
            None => {
                let region = options.region.as_deref();
                (
                    "region",
                    ask::given(context, "Region (us, eu or br)", region, "--region")?,
                )
            }
        };
        let key_id = ask::given(context, "Key id", self.key_id.as_deref(), "--key-id")?;
        let secret = ask::secret(context, self.with_secret)?;
        if !self.no_check {
            check(context, &[&project, &key_id, &secret], &place)?;
        }
        let (name, path, in_keyring) = Profiles::edit(|profiles| {
            let name = profile_name(context, profiles);
            let in_keyring = keyring::store(&name, &secret, context.can_ask())?;
            let settings = [
                ("project", Some(project.as_str())),
                (place.0, Some(place.1.as_str())),
                ("key_id", Some(key_id.as_str())),
                (SECRET, Some(secret.as_str()).filter(|_| !in_keyring)),
                (SECRET_PLACE, in_keyring.then_some("keyring")),
                ("app", self.app.as_deref()),
            ];
            profiles.set(&name, &settings)?;
            profiles.remove(&name, if in_keyring { SECRET } else { SECRET_PLACE })?;
            Ok((name, path(), in_keyring))
        })?;
        let and_keyring = if in_keyring {
            ", and its secret in the keyring"
        } else {
            ""
        };
        let path = path.unwrap_or_default();
        context.note(&format!(
            "stored as the profile {name:?} in {}{and_keyring}",
            path.display()
        ));
        Ok(())
    }
}

/// Makes a request with the key.
fn check(
    context: &Context,
    [project, key_id, secret]: &[&str; 3],
    (place, value): &(&str, String),
) -> Result<(), Failure> {
    let settings = Settings::of_login(project, key_id, secret, place, value);
    let client = context.client_of(&settings)?;
    context.run(async {
        client.apps().list().page().await?;
        Ok(())
    })
}

fn profile_name(context: &Context, profiles: &Profiles) -> String {
    let named = context.options().profile.as_deref();
    let chosen = Some(profiles.chosen()).filter(|name| profiles.has(name));
    named.or(chosen).unwrap_or(DEFAULT).to_owned()
}

fn status(context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    let names = [
        ("project", "SINCH_PROJECT_ID"),
        ("region", "SINCH_CONVERSATION_REGION"),
        ("endpoint", "SINCH_CONVERSATION_URL"),
        ("app", "SINCH_APP_ID"),
        ("key_id", "SINCH_KEY_ID"),
    ];
    let mut shown = json!({"profile": settings.profile_name});
    let origin = |origin| match origin {
        Origin::Option => "option",
        Origin::Variable => "variable",
        Origin::Profile => "profile",
    };
    for (key, variable) in names {
        if let Some((value, from)) = settings.find(variable) {
            add_field(&mut shown, key, value);
            add_field(&mut shown, &format!("{key}_from"), origin(from));
        }
    }
    if let Some((_, from)) = settings.find("SINCH_KEY_SECRET") {
        add_field(&mut shown, "key_secret_from", origin(from));
    } else if settings.profile_in_keyring().is_some() {
        add_field(&mut shown, "key_secret_from", "keyring");
    }
    let client = context.client();
    let checked = client.and_then(|client| {
        context.run(async {
            client.apps().list().page().await?;
            Ok(())
        })
    });
    add_field(&mut shown, "accepted", checked.is_ok());
    context.output().value(&shown)?;
    checked
}
