//! Message templates of the project.

use sinch_conversation_raw::types::{V2Template, V2TemplateTranslation};
use sinch_conversation_raw::{OperationId, template};

use super::awaitable::awaitable;
use super::page::{Paging, listing};
use super::template_rules::{check, replaceable, without_copies};
use super::{Page, Stored, Translation};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{IntoId, TemplateId};
use crate::transport::PendingCall;

/// A template as the API stores it.
pub type StoredTemplate = Stored<TemplateId, V2Template>;

/// The message templates of the project, version 2. Made by [`Client::templates`].
#[derive(Clone, Debug)]
pub struct Templates {
    pub(crate) client: Client,
}

impl Templates {
    /// Lists the templates of the project (`Templates_v2_ListTemplates`). The API returns them in one answer.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # doctest::template(&client).await?;
    /// for template in client.templates().list().collect(1000).await? {
    ///     println!("{}: {:?}", template.id(), template.data().description);
    /// }
    /// # assert_eq!(client.templates().list().collect(1000).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn list(&self) -> ListTemplates {
        ListTemplates {
            client: self.client.clone(),
            paging: Paging::default(),
        }
    }

    /// Creates a template (`Templates_v2_CreateTemplate`). Await it to create it. One of its translations has to be
    /// in the default language, a BCP-47 code such as `en-US`.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::resources::Translation;
    ///
    /// let english = Translation::new("en-US", Text::new("Your table is ready, ${name}")).variable("name", "Ada");
    /// let template = client.templates().create("en-US").translation(english).await?;
    /// println!("{}", template.id());
    /// # assert_eq!(client.templates().list().collect(10).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn create(&self, default_language: impl Into<String>) -> CreateTemplate {
        let mut request = V2Template::default();
        request.default_translation = Some(default_language.into());
        CreateTemplate {
            client: self.client.clone(),
            request,
            refused: Violations::default(),
        }
    }

    /// Gets a template with its translations (`Templates_v2_GetTemplate`). The API shows the newest translation of
    /// a language twice: with its version, and with the version `latest`.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # let template_id = doctest::template(&client).await?;
    /// let template = client.templates().get(&template_id).await?;
    /// for translation in template.data().translations.iter().flatten() {
    ///     println!("{} {:?}", translation.language_code, translation.version);
    /// }
    /// # assert_eq!(template.data().translations.as_ref().map(Vec::len), Some(2));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such template in the project and region.
    pub fn get(&self, id: impl IntoId<TemplateId>) -> PendingCall<'static, StoredTemplate> {
        self.client.start_about(
            id.into_id(),
            template::templates_v2_get_template,
            Stored::read,
        )
    }

    /// Replaces the stored template by this one (`Templates_v2_UpdateTemplate`). It has to have its id and
    /// the version that is stored; the API refuses an older one, so that no change is lost. The answer has the next
    /// version.
    ///
    /// A translation of the version `latest` with the same content as another one of its language is not sent.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # let template_id = doctest::template(&client).await?;
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::resources::Translation;
    ///
    /// let mut template = client.templates().get(&template_id).await?.into_inner();
    /// let swedish = Translation::new("sv-SE", Text::new("Ert bord är klart"));
    /// template.translations.get_or_insert_default().push(swedish.into());
    /// let replaced = client.templates().replace(template).await?;
    /// println!("now version {:?}", replaced.data().version);
    /// # assert_eq!(client.templates().translations(&template_id).language("sv-SE").page().await?.items.len(), 1);
    /// # assert_eq!(replaced.data().version, Some(2));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with everything that is missing; the API's
    /// error when the version is not the stored one.
    pub fn replace(&self, template: impl Into<V2Template>) -> PendingCall<'static, StoredTemplate> {
        let mut template = template.into();
        template.translations = template.translations.map(without_copies);
        let request = replaceable(&template).map(|id| {
            template::templates_v2_update_template(self.client.project_id(), id.as_str(), &template)
        });
        let operation = OperationId::TemplatesV2UpdateTemplate;
        self.client.try_start(operation, request, Stored::read)
    }

    /// Deletes a template (`Templates_v2_DeleteTemplate`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # let template_id = doctest::template(&client).await?;
    /// client.templates().delete(&template_id).await?;
    /// # assert!(client.templates().get(&template_id).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such template in the project and region.
    pub fn delete(&self, id: impl IntoId<TemplateId>) -> PendingCall<'static, ()> {
        self.client
            .start_about(id.into_id(), template::templates_v2_delete_template, Ok)
    }

    /// Lists the translations of a template (`Templates_v2_ListTranslations`). The API returns them in one answer.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # let template_id = doctest::template(&client).await?;
    /// for translation in client.templates().translations(&template_id).collect(100).await? {
    ///     println!("{} {:?}", translation.language_code, translation.version);
    /// }
    /// # Ok(()) });
    /// ```
    pub fn translations(&self, id: impl IntoId<TemplateId>) -> ListTranslations {
        ListTranslations {
            client: self.client.clone(),
            template: id.into_id(),
            language: None,
            version: None,
            paging: Paging::default(),
        }
    }
}

impl From<StoredTemplate> for V2Template {
    fn from(template: StoredTemplate) -> Self {
        template.into_inner()
    }
}

/// The templates of a project, as a list. Made by [`Templates::list`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// let page = client.templates().list().page().await?;
/// # assert!(page.items.is_empty());
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListTemplates {
    client: Client,
    paging: Paging,
}

impl ListTemplates {
    fn fetch(&self, _: Option<&str>) -> PendingCall<'static, Page<StoredTemplate>> {
        let request = template::templates_v2_list_templates(self.client.project_id());
        self.client.start(request, |list| {
            Page::stored("templates", list.templates, None, list.extra)
        })
    }
}

listing!(ListTemplates => StoredTemplate);

/// A template that is about to be created. Await it to create it.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// use sinch_conversation::message::Text;
/// use sinch_conversation::resources::Translation;
///
/// let template = client
///     .templates()
///     .create("en-US")
///     .id("table-ready")
///     .description("Says that the table is ready")
///     .translation(Translation::new("en-US", Text::new("Your table is ready, ${name}")).variable("name", "Ada"))
///     .await?;
/// println!("{}", template.id());
/// # assert_eq!(template.id().as_str(), "table-ready");
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateTemplate {
    client: Client,
    request: V2Template,
    refused: Violations,
}

impl CreateTemplate {
    /// Sets the id. Without it the API generates one.
    pub fn id(mut self, id: impl IntoId<TemplateId>) -> Self {
        self.request.id = Some(self.refused.id_text::<TemplateId>(id));
        self
    }

    /// Sets the description.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.request.description = Some(text.into());
        self
    }

    /// Adds a translation.
    pub fn translation(mut self, translation: impl Into<Translation>) -> Self {
        let translations = self.request.translations.get_or_insert_default();
        translations.push(translation.into().into());
        self
    }

    /// Checks the limits that the API documents for messages, and that the default language is among the
    /// translations.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = self.refused.clone();
        check(&self.request, &mut violations);
        Ok(violations.finish()?)
    }

    fn create(self) -> PendingCall<'static, StoredTemplate> {
        let request =
            template::templates_v2_create_template(self.client.project_id(), &self.request);
        self.client
            .start_checked(self.validate(), request, Stored::read)
    }
}

awaitable!(CreateTemplate => StoredTemplate, create);

/// The translations of a template, as a list. Made by [`Templates::translations`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// # let template_id = doctest::template(&client).await?;
/// let english = client.templates().translations(&template_id).language("en-US");
/// let newest = english.version("latest").page().await?.items;
/// println!("{:?}", newest.first().map(|translation| &translation.kind));
/// # assert_eq!(newest.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListTranslations {
    client: Client,
    template: Result<TemplateId, Error>,
    language: Option<String>,
    version: Option<String>,
    paging: Paging,
}

impl ListTranslations {
    /// Lists only translations into this language, a BCP-47 code.
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.language = Some(code.into());
        self
    }

    /// Lists only translations of this version.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    fn fetch(&self, _: Option<&str>) -> PendingCall<'static, Page<V2TemplateTranslation>> {
        let (language, version) = (self.language.as_deref(), self.version.as_deref());
        let request = |project: &str, id: &str| {
            template::templates_v2_list_translations(project, id, language, version)
        };
        self.client
            .start_about(self.template.clone(), request, |list| {
                let translations = list.translations.unwrap_or_default();
                Ok(Page::new(translations, None, list.extra))
            })
    }
}

listing!(ListTranslations => V2TemplateTranslation);
