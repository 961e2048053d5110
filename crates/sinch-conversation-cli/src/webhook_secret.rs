//! Secrets that callbacks are signed with.

use std::fs;
use std::io;

use clap::Args;

use crate::error::Failure;

/// The variable with the secret of a webhook.
pub(crate) const VARIABLE: &str = "SINCH_WEBHOOK_SECRET";

/// Where the secret of a webhook comes from.
#[derive(Args)]
pub(crate) struct SecretArguments {
    /// Secret of the webhook [env: SINCH_WEBHOOK_SECRET]. Everyone on this machine can see the arguments of a program:
    /// prefer the variable or --secret-file
    #[arg(long, value_name = "SECRET", conflicts_with = "secret_file")]
    secret: Option<String>,
    /// Read the secret of the webhook from the first line of a file, or of stdin with -
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
}

impl SecretArguments {
    /// Returns the secret, if there is one.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has none.
    pub(crate) fn read(&self) -> Result<Option<String>, Failure> {
        match &self.secret {
            Some(secret) => Ok(Some(secret.clone())),
            None => from(self.secret_file.as_deref(), "--secret-file", VARIABLE),
        }
    }

    /// Returns the secret.
    ///
    /// # Errors
    ///
    /// There is none, or the file cannot be read.
    pub(crate) fn required(&self) -> Result<String, Failure> {
        let missing = || {
            Failure::usage("no secret").hint(format!("--secret-file, or the variable {VARIABLE}"))
        };
        self.read()?.filter(|it| !it.is_empty()).ok_or_else(missing)
    }
}

/// Returns a secret from the first line of a file, or else from a variable.
///
/// # Errors
///
/// The file cannot be read, or its first line is empty.
pub(crate) fn from(
    file: Option<&str>,
    option: &str,
    variable: &str,
) -> Result<Option<String>, Failure> {
    let Some(file) = file else {
        return Ok(std::env::var(variable).ok().filter(|it| !it.is_empty()));
    };
    let text = match file {
        "-" => io::read_to_string(io::stdin()),
        path => fs::read_to_string(path),
    };
    let text = text.map_err(|error| Failure::usage(format!("{option} {file}: {error}")))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Some(line.to_owned())),
        _ => Err(Failure::usage(format!(
            "{option} {file}: the first line is empty, and the secret is expected there"
        ))),
    }
}
