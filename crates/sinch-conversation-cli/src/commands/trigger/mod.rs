//! `trigger`: a callback of the documents, filled and signed, without the API.

mod callback;

use clap::Args;
use sinch_conversation::reqwest::Url;

use super::received::post;
use crate::calls::Types;
use crate::context::Context;
use crate::error::Failure;
use crate::target::{signed, target};
use crate::webhook_secret::SecretArguments;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Trigger, such as MESSAGE_INBOUND; without one their names are listed
    event: Option<String>,
    /// Set a field, as in message.contact_message.text_message.text=Hello; dots lead into objects and numbers into lists
    #[arg(long = "set", value_name = "PATH=VALUE", requires = "event")]
    fields: Vec<String>,
    /// Address to post the callback to; without it the callback is written and not signed
    #[arg(long, value_name = "URL", value_parser = target, requires = "event")]
    to: Option<Url>,
    #[command(flatten)]
    secret: SecretArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let Some(event) = &self.event else {
            return context.output().line(&callback::names().join("\n"));
        };
        let mut callback = callback::filled(event, context)?;
        for field in &self.fields {
            let (path, text) = field.split_once('=').ok_or_else(|| {
                Failure::usage(format!("--set: expected PATH=VALUE, found {field:?}"))
            })?;
            Types::unknown().set(&mut callback, path, text)?;
        }
        let Some(to) = &self.to else {
            return context.output().value(&callback);
        };
        let body = callback.to_string();
        post(
            context,
            to,
            &signed(&self.secret.required()?, &body)?,
            &body,
        )
    }
}
