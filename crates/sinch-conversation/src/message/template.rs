//! A message from a template.

use std::collections::BTreeMap;

use sinch_conversation_raw::types::{
    OmniMessageOverride, TemplateMessage, TemplateReference, TemplateReferenceWithVersion,
};

use crate::channel::Channel;

/// The version of an omni-channel template that is used when none is named.
const LATEST: &str = "latest";

/// A message from a template: one for all channels, templates of single channels, or both.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::Channel;
/// use sinch_conversation::message::{Template, TemplateRef};
/// use sinch_conversation::recipient::whatsapp;
///
/// let reminder = TemplateRef::new("reminder").language("en_US").parameter("body[1]text", "Ada");
/// app.send(Template::channel(Channel::WhatsApp, reminder)).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    pub(super) body: TemplateMessage,
}

/// Which template, in which language and version, with which values.
///
/// ```
/// use sinch_conversation::message::{Template, TemplateRef};
///
/// let reminder = TemplateRef::new("01TEMPLATE").version("2").language("en-US").parameter("name", "Ada");
/// # assert!(Template::omni(reminder).validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateRef {
    id: String,
    version: Option<String>,
    language: Option<String>,
    parameters: BTreeMap<String, String>,
}

impl Template {
    /// Creates a message from a template of the project, for all channels.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
    /// use sinch_conversation::message::{Template, TemplateRef, Text};
    /// use sinch_conversation::recipient::sms;
    /// use sinch_conversation::resources::Translation;
    ///
    /// let english = Translation::new("en-US", Text::new("Your table is ready, ${name}")).variable("name", "Ada");
    /// let template = client.templates().create("en-US").translation(english).await?;
    /// let reminder = TemplateRef::new(template.id()).language("en-US").parameter("name", "Grace");
    /// app.send(Template::omni(reminder)).to(sms("+46700000001")).await?;
    /// # let sent = format!("{:?}", sandbox.sent().await?);
    /// # assert!(sent.contains("Grace"), "{sent}");
    /// # Ok(()) });
    /// ```
    pub fn omni(template: TemplateRef) -> Self {
        let mut body = TemplateMessage::default();
        body.omni_template = Some(template.into());
        Self { body }
    }

    /// Creates a message from a template of one channel, such as one that WhatsApp approved.
    pub fn channel(channel: Channel, template: TemplateRef) -> Self {
        Self {
            body: TemplateMessage::default(),
        }
        .on(channel, template)
    }

    /// Sets a template of the channel, to be used on that channel.
    ///
    /// ```
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::message::{Template, TemplateRef};
    ///
    /// let reminder = Template::omni(TemplateRef::new("01TEMPLATE").language("en-US").parameter("name", "Ada"))
    ///     .on(Channel::WhatsApp, TemplateRef::new("reminder").language("en_US").parameter("body[1]text", "Ada"));
    /// # assert!(reminder.validate().is_ok());
    /// ```
    #[must_use]
    pub fn on(mut self, channel: Channel, template: TemplateRef) -> Self {
        let templates = self.body.channel_template.get_or_insert_default();
        templates.insert(channel.to_string(), template.into());
        self
    }
}

impl TemplateRef {
    /// Creates a reference to a template by its id; for WhatsApp, by its name.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            version: None,
            language: None,
            parameters: BTreeMap::new(),
        }
    }

    /// Sets the version. By default the latest version of an omni-channel template is used.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Sets the language as a BCP-47 tag. WhatsApp needs one, with an underscore: `en_US`.
    #[must_use]
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.language = Some(code.into());
        self
    }

    /// Sets the value of a variable of the template. Every variable needs one.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    fn parameters(parameters: BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
        (!parameters.is_empty()).then_some(parameters)
    }
}

impl From<TemplateRef> for TemplateReference {
    fn from(template: TemplateRef) -> Self {
        let mut reference = Self::new(template.id);
        reference.version = template.version;
        reference.language_code = template.language;
        reference.parameters = TemplateRef::parameters(template.parameters);
        reference
    }
}

impl From<TemplateRef> for TemplateReferenceWithVersion {
    fn from(template: TemplateRef) -> Self {
        let version = template.version.unwrap_or_else(|| LATEST.to_owned());
        let mut reference = Self::new(version, template.id);
        reference.language_code = template.language;
        reference.parameters = TemplateRef::parameters(template.parameters);
        reference
    }
}

impl From<TemplateRef> for OmniMessageOverride {
    fn from(template: TemplateRef) -> Self {
        Self::new(TemplateReferenceWithVersion::from(template))
    }
}
