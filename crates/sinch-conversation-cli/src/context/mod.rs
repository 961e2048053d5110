//! What every command needs: settings, the client that they make, the output, and what kind of terminal there is.

mod settings;
mod trace;

use std::io::{self, IsTerminal, Write};

use clap::{ArgAction, Args};
use sinch_conversation::{Client, ClientBuilder};

use crate::error::{Exit, Failure};
use crate::keyring;
use crate::output::{Format, Output};
pub(crate) use settings::{Origin, Settings};
use trace::Trace;

/// The options of all commands.
#[derive(Args, Default)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    /// Profile whose settings are used where there is no option and no variable
    #[arg(
        long,
        global = true,
        env = "SINCH_PROFILE",
        hide_env_values = true,
        value_name = "NAME"
    )]
    pub(crate) profile: Option<String>,
    /// Project [env: SINCH_PROJECT_ID]
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) project: Option<String>,
    /// Region of the apps: us, eu or br [env: SINCH_CONVERSATION_REGION]
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Address of all services in place of the region's, with the Batch API under /batch, as the sandbox has them
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Write data and errors as JSON; the same as --output json
    #[arg(long, global = true, action = ArgAction::SetTrue)]
    pub(crate) json: bool,
    /// Format of the data: table, json, ndjson, yaml or ids [default: table on a terminal, json elsewhere]
    #[arg(
        long,
        short,
        global = true,
        value_name = "FORMAT",
        conflicts_with = "json",
        hide_possible_values = true
    )]
    pub(crate) output: Option<Format>,
    /// Show requests and responses on stderr, without secrets
    #[arg(long, short, global = true, action = ArgAction::SetTrue)]
    pub(crate) verbose: bool,
    /// Write secrets that the API returns, such as those of webhooks, which are *** otherwise
    #[arg(long, global = true, action = ArgAction::SetTrue)]
    pub(crate) show_secrets: bool,
    /// Do not ask before something is deleted
    #[arg(long, short, global = true, action = ArgAction::SetTrue)]
    pub(crate) yes: bool,
}

/// What every command needs.
pub(crate) struct Context {
    options: GlobalOptions,
    output: Output,
}

impl Context {
    pub(crate) fn new(options: GlobalOptions) -> Self {
        let format = match (options.json, options.output) {
            (true, _) => Format::Json,
            (false, Some(format)) => format,
            (false, None) if io::stdout().is_terminal() => Format::Table,
            (false, None) => Format::Json,
        };
        Self {
            output: Output::new(format, options.show_secrets),
            options,
        }
    }

    /// Returns the options of all commands.
    pub(crate) fn options(&self) -> &GlobalOptions {
        &self.options
    }

    /// Whether errors are JSON, because JSON was asked for. That stdout is no terminal is no reason: stderr may be one.
    pub(crate) fn reports_json(&self) -> bool {
        self.options.json || matches!(self.options.output, Some(Format::Json | Format::Ndjson))
    }

    /// Returns where data goes: stdout.
    pub(crate) fn output(&self) -> &Output {
        &self.output
    }

    /// Returns the settings: from options, then variables, then the profile.
    ///
    /// # Errors
    ///
    /// The profile cannot be read, or there is none of the given name.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        Settings::resolve(&self.options)
    }

    /// Returns the client that the settings make.
    ///
    /// # Errors
    ///
    /// A setting is missing or malformed.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        self.client_of(&self.settings()?)
    }

    /// Returns the client that these settings make.
    ///
    /// # Errors
    ///
    /// A setting is missing or malformed.
    pub(crate) fn client_of(&self, settings: &Settings) -> Result<Client, Failure> {
        let builder = self.builder_of(settings)?;
        builder.build().map_err(settings::invalid)
    }

    fn builder_of(&self, settings: &Settings) -> Result<ClientBuilder, Failure> {
        let secret = settings.profile_in_keyring();
        let secret = secret.map(|profile| keyring::read(profile, self.can_ask()));
        let secret = secret.transpose()?;
        let in_keyring = |name: &str| secret.clone().filter(|_| name == "SINCH_KEY_SECRET");
        let builder =
            ClientBuilder::from_variables(|name| settings.get(name).or_else(|| in_keyring(name)));
        let builder = builder.map_err(settings::invalid)?.user_agent(concat!(
            "sinch-conversation-cli/",
            env!("CARGO_PKG_VERSION")
        ));
        Ok(match self.options.verbose {
            true => builder.middleware(Trace),
            false => builder,
        })
    }

    /// Runs asynchronous work to its end, or until Ctrl-C, which ends it with [`Exit::Interrupted`]. A command that has
    /// to clean up waits for [`interrupted`] itself and uses [`block_on`](Self::block_on).
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub(crate) fn run<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        self.block_on(async {
            tokio::select! {
                result = work => result,
                failure = interrupted() => Err(failure),
            }
        })
    }

    /// Runs asynchronous work to its end, whatever happens.
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub(crate) fn block_on<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build();
        let failed = |error| Failure::new(Exit::Failed, format!("no runtime: {error}"));
        runtime.map_err(failed)?.block_on(work)
    }

    /// Writes a remark for a person to stderr.
    pub(crate) fn note(&self, text: &str) {
        // Nothing is to be done when stderr is closed.
        let _ = writeln!(anstream::stderr(), "note: {text}");
    }

    /// Whether a question can be asked and answered.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether the user agreed beforehand, with `--yes`.
    pub(crate) fn agreed(&self) -> bool {
        self.options.yes
    }
}

/// Writes a warning to stderr.
pub(crate) fn warn(text: &str) {
    // Nothing is to be done when stderr is closed.
    let _ = writeln!(anstream::stderr(), "warning: {text}");
}

/// Resolves at Ctrl-C (SIGINT), with the failure that says so.
pub(crate) async fn interrupted() -> Failure {
    // Without a handler Ctrl-C ends the program, as it should.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Failure::new(Exit::Interrupted, "interrupted")
}
