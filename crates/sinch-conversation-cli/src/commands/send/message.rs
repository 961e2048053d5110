//! What is sent.

use clap::Args;
use sinch_conversation::message::{Media, Message, Template, TemplateRef, Text};
use sinch_conversation::raw::wire::Wire;
use sinch_conversation::types::AppMessage;

use crate::calls::read_json;
use crate::error::Failure;

/// The options that say what is sent, other than text.
#[derive(Args)]
pub(super) struct Content {
    /// Send a file that the channel fetches from this public address
    #[arg(long, value_name = "URL")]
    media: Option<String>,
    /// Send a template of the project
    #[arg(long, value_name = "ID")]
    template: Option<String>,
    /// Language of the template
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Version of the template
    #[arg(long, value_name = "VERSION")]
    template_version: Option<String>,
    /// Parameter of the template
    #[arg(long, short, value_name = "NAME=VALUE")]
    parameter: Vec<String>,
    /// Send a message of the API's form, as in {"text_message": {"text": "Hi"}}, from a file or from stdin with -
    #[arg(long = "message", id = "json_file", value_name = "FILE")]
    json: Option<String>,
}

impl Content {
    /// Returns the message.
    pub(super) fn read(&self, text: Option<&str>) -> Result<Message, Failure> {
        if let Some(id) = &self.template {
            return self.template(id);
        }
        if self.language.is_some() || self.template_version.is_some() || !self.parameter.is_empty()
        {
            let message = "--language, --template-version and --parameter belong to --template";
            return Err(Failure::usage(message));
        }
        if let Some(text) = text {
            return Ok(Text::new(text).into());
        }
        if let Some(url) = &self.media {
            return Ok(Media::new(url).into());
        }
        let message = self.json()?;
        Ok(message.into())
    }

    fn json(&self) -> Result<AppMessage, Failure> {
        let json = read_json(self.json.as_deref().unwrap_or("-"))?;
        AppMessage::from_value(json).map_err(|error| Failure::usage(format!("--message: {error}")))
    }

    fn template(&self, id: &str) -> Result<Message, Failure> {
        let mut template = TemplateRef::new(id);
        if let Some(code) = &self.language {
            template = template.language(code);
        }
        if let Some(version) = &self.template_version {
            template = template.version(version);
        }
        for parameter in &self.parameter {
            let (name, value) = parameter.split_once('=').ok_or_else(|| {
                Failure::usage(format!(
                    "--parameter: expected NAME=VALUE, found {parameter:?}"
                ))
            })?;
            template = template.parameter(name, value);
        }
        Ok(Template::omni(template).into())
    }
}
