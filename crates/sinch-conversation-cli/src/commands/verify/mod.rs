//! `verify`: whether the signature of a callback holds, and if not, why.

mod file;
mod reasons;

use std::time::{Duration, SystemTime};

use clap::Args;
use serde_json::json;
use sinch_conversation::raw::wire::Timestamp;
use sinch_conversation::webhook::{Verifier, VerifyError};

use self::file::SignedFile;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::webhook_secret::SecretArguments;

#[derive(Args)]
pub(crate) struct Arguments {
    /// File with the callback, or - for stdin: headers, an empty line and the body; or what `received show --json` writes;
    /// or only the body
    file: String,
    /// Header of the callback, as in 'x-sinch-webhook-signature: ...', where the file has only the body
    #[arg(long, short = 'H', value_name = "HEADER")]
    header: Vec<String>,
    #[command(flatten)]
    secret: SecretArguments,
    /// How old a callback may be, in seconds; by default its age is written and does not count
    #[arg(long, value_name = "SECONDS")]
    window: Option<u64>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let secret = self.secret.required()?;
        let file = SignedFile::read(&self.file, &self.header)?;
        let verifier = Verifier::new([&secret])?;
        // Far more than any clock is wrong: the age is looked at apart.
        let any_age = verifier.clone().window(Duration::from_secs(u64::MAX));
        let window = Duration::from_secs(self.window.unwrap_or(u64::MAX));
        let result = match any_age.verify(file.pairs(), &file.body) {
            Ok(_) => verifier.window(window).verify(file.pairs(), &file.body),
            Err(error) => Err(error),
        };
        let age = |timestamp: u64| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            now.unwrap_or_default().as_secs().saturating_sub(timestamp)
        };
        match result {
            Ok(signed) => {
                let at = SystemTime::UNIX_EPOCH
                    + Duration::from_secs(signed.timestamp.min(u64::from(u32::MAX)));
                context.output().value(&json!({
                    "valid": true,
                    "signed_at": Timestamp::from(at).to_string(),
                    "age_seconds": age(signed.timestamp),
                    "nonce": signed.nonce,
                }))
            }
            Err(error) => {
                let reason = reasons::reason(&error, &file, &secret);
                context
                    .output()
                    .value(&json!({ "valid": false, "reason": reason }))?;
                let exit = match error {
                    VerifyError::OutsideWindow { .. } => "the signature holds, and is too old",
                    _ => "the signature does not hold",
                };
                Err(Failure::new(Exit::Failed, format!("{exit}: {reason}")))
            }
        }
    }
}
