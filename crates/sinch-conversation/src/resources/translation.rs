//! A template in one language.

use std::collections::BTreeMap;

use sinch_conversation_raw::types::{
    AppMessageTypes, ChannelTemplateOverride, TypeTemplateVariable, V2TemplateTranslation,
};

use crate::channel::Channel;
use crate::message::TemplateRef;

/// A template in one language. Places of the form `${name}` in its texts are variables.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// use sinch_conversation::message::Text;
/// use sinch_conversation::resources::Translation;
///
/// let english = Translation::new("en-US", Text::new("Your table is ready, ${name}")).variable("name", "Ada");
/// let template = client.templates().create("en-US").translation(english).await?;
/// # assert_eq!(template.data().translations.as_ref().map(Vec::len), Some(1));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Translation {
    body: V2TemplateTranslation,
}

impl Translation {
    /// Creates a message in a language, a BCP-47 code such as `en-US`.
    ///
    /// ```
    /// use sinch_conversation::message::{Choice, Choices};
    /// use sinch_conversation::resources::Translation;
    ///
    /// let question = Choices::new("Are you coming?", [Choice::text("Yes"), Choice::text("No")]);
    /// let english = Translation::new("en-US", question);
    /// ```
    pub fn new(language: impl Into<String>, message: impl Into<AppMessageTypes>) -> Self {
        Self {
            body: V2TemplateTranslation::new(language, message),
        }
    }

    /// Adds a variable, with a value to show in a preview.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, preview: impl Into<String>) -> Self {
        let mut variable = TypeTemplateVariable::default();
        variable.key = Some(name.into());
        variable.preview_value = Some(preview.into());
        self.body.variables.get_or_insert_default().push(variable);
        self
    }

    /// Sets the version of the translation. It counts apart from that of the template.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.body.version = Some(version.into());
        self
    }

    /// Uses a template of the channel on that channel. `mappings` maps each of its parameters to the variable
    /// that it is filled with. The API supports this for WhatsApp and KakaoTalk.
    ///
    /// ```
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::message::{TemplateRef, Text};
    /// use sinch_conversation::resources::Translation;
    ///
    /// let approved = TemplateRef::new("table_ready").language("en_US");
    /// let english = Translation::new("en-US", Text::new("Your table is ready, ${name}"))
    ///     .variable("name", "Ada")
    ///     .on(Channel::WhatsApp, approved, [("body[1]text", "name")]);
    /// ```
    #[must_use]
    pub fn on<K: Into<String>, V: Into<String>>(
        mut self,
        channel: Channel,
        template: TemplateRef,
        mappings: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mappings = mappings.into_iter();
        let mappings: BTreeMap<_, _> = mappings
            .map(|(parameter, variable)| (parameter.into(), variable.into()))
            .collect();
        let mut instead = ChannelTemplateOverride::default();
        instead.template_reference = Some(template.into());
        instead.parameter_mappings = (!mappings.is_empty()).then_some(mappings);
        let overrides = self.body.channel_template_overrides.get_or_insert_default();
        overrides.insert(channel.to_string(), instead);
        self
    }
}

impl From<V2TemplateTranslation> for Translation {
    /// Converts the published type, with every field that is set.
    fn from(body: V2TemplateTranslation) -> Self {
        Self { body }
    }
}

impl From<Translation> for V2TemplateTranslation {
    fn from(translation: Translation) -> Self {
        translation.body
    }
}
