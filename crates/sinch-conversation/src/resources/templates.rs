//! Message templates of the project.

use sinch_conversation_raw::types::{V2Template, V2TemplateTranslation};
use sinch_conversation_raw::{OperationId, template};

use super::awaitable::awaitable;
use super::template_rules::{check, replaceable, without_copies};
use super::{Page, Stored, Translation};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::TemplateId;
use crate::transport::{CallOptions, Request, Response};

/// A template as the API stores it.
pub type StoredTemplate = Stored<TemplateId, V2Template>;

/// The message templates of the project, version 2. Made by [`Client::templates`].
///
/// ```no_run
/// use sinch_conversation::message::Text;
/// use sinch_conversation::resources::Translation;
/// use sinch_conversation::{Client, TemplateId};
///
/// # async fn example(client: Client, id: TemplateId) -> Result<(), sinch_conversation::Error> {
/// let mut template = client.templates().get(id).await?;
/// let swedish = Translation::new("sv-SE", Text::new("Ert bord är klart, ${name}"));
/// template.translations.get_or_insert_default().push(swedish.into());
/// let replaced = client.templates().replace(template).await?;
/// println!("now version {:?}", replaced.version);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Templates {
    client: Client,
}

impl Templates {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists all templates (`Templates_v2_ListTemplates`). The API gives them in one answer.
    ///
    /// # Errors
    ///
    /// What any call may end with.
    pub fn list(&self) -> Request<'static, Page<StoredTemplate>> {
        let client = self.client.clone();
        Request::new(async move {
            let call = client.call(
                OperationId::TemplatesV2ListTemplates,
                CallOptions::default(),
            );
            let project = client.project();
            let request = template::templates_v2_list_templates(project.as_str());
            call.send(request, |list| {
                let templates =
                    Stored::read_all(list.templates, |template| template.id.as_ref(), "templates")?;
                Ok(Page::new(templates, None, list.extra))
            })
            .await
        })
    }

    /// Creates a template (`Templates_v2_CreateTemplate`). Await it to create it. One of its translations has to be
    /// in the default language, a BCP-47 code such as `en-US`.
    pub fn create(&self, default_language: impl Into<String>) -> CreateTemplate {
        let mut request = V2Template::default();
        request.default_translation = Some(default_language.into());
        CreateTemplate {
            client: self.client.clone(),
            request,
        }
    }

    /// Gets a template with its translations (`Templates_v2_GetTemplate`). The API shows the newest translation of
    /// a language twice: with its version, and with the version `latest`.
    ///
    /// # Errors
    ///
    /// 404 when there is no such template in the project and region.
    pub fn get(&self, id: impl Into<TemplateId>) -> Request<'static, StoredTemplate> {
        let client = self.client.clone();
        let id = id.into();
        Request::new(async move {
            let call = client.call(OperationId::TemplatesV2GetTemplate, CallOptions::default());
            let project = client.project();
            let request = template::templates_v2_get_template(project.as_str(), id.as_str());
            call.send(request, |template| {
                Stored::read(template, |template| template.id.as_ref(), "")
            })
            .await
        })
    }

    /// Puts a template in the place of the stored one (`Templates_v2_UpdateTemplate`). It has to carry its id and
    /// the version that is stored; the API refuses an older one, so that no change is lost. The answer has the next
    /// version.
    ///
    /// A translation of the version `latest` that says the same as another one of its language is not sent.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with everything that is missing; the API's
    /// error when the version is not the stored one.
    pub fn replace(&self, template: impl Into<V2Template>) -> Request<'static, StoredTemplate> {
        let client = self.client.clone();
        let mut template = template.into();
        template.translations = template.translations.map(without_copies);
        Request::new(async move {
            let call = client.call(
                OperationId::TemplatesV2UpdateTemplate,
                CallOptions::default(),
            );
            let id = replaceable(&template).map_err(|error| call.describe(error))?;
            let project = client.project();
            let request =
                template::templates_v2_update_template(project.as_str(), id.as_str(), &template);
            call.send(request, |template| {
                Stored::read(template, |template| template.id.as_ref(), "")
            })
            .await
        })
    }

    /// Deletes a template (`Templates_v2_DeleteTemplate`).
    ///
    /// # Errors
    ///
    /// 404 when there is no such template in the project and region.
    pub fn delete(&self, id: impl Into<TemplateId>) -> Request<'static, ()> {
        let client = self.client.clone();
        let id = id.into();
        Request::new(async move {
            let call = client.call(
                OperationId::TemplatesV2DeleteTemplate,
                CallOptions::default(),
            );
            let project = client.project();
            call.send(
                template::templates_v2_delete_template(project.as_str(), id.as_str()),
                Ok,
            )
            .await
        })
    }

    /// Lists the translations of a template (`Templates_v2_ListTranslations`). Await it for all of them.
    pub fn translations(&self, id: impl Into<TemplateId>) -> ListTranslations {
        ListTranslations {
            client: self.client.clone(),
            template: id.into(),
            language: None,
            version: None,
        }
    }
}

impl From<StoredTemplate> for V2Template {
    fn from(template: StoredTemplate) -> Self {
        template.body
    }
}

/// A template that is about to be created. Await it to create it.
///
/// ```no_run
/// use sinch_conversation::Client;
/// use sinch_conversation::message::Text;
/// use sinch_conversation::resources::Translation;
///
/// # async fn example(client: Client) -> Result<(), sinch_conversation::Error> {
/// let template = client
///     .templates()
///     .create("en-US")
///     .description("Says that the table is ready")
///     .translation(Translation::new("en-US", Text::new("Your table is ready, ${name}")).variable("name", "Ada"))
///     .await?;
/// println!("{}", template.id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateTemplate {
    client: Client,
    request: V2Template,
}

impl CreateTemplate {
    /// Sets the id. Without it the API makes one up.
    pub fn id(mut self, id: impl Into<TemplateId>) -> Self {
        self.request.id = Some(id.into().into());
        self
    }

    /// Says what the template is for.
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
        let mut violations = Violations::default();
        check(&self.request, &mut violations);
        Ok(violations.finish()?)
    }

    async fn create(self) -> Result<Response<StoredTemplate>, Error> {
        let call = self.client.call(
            OperationId::TemplatesV2CreateTemplate,
            CallOptions::default(),
        );
        self.validate().map_err(|error| call.describe(error))?;
        let project = self.client.project();
        let request = template::templates_v2_create_template(project.as_str(), &self.request);
        call.send(request, |template| {
            Stored::read(template, |template| template.id.as_ref(), "")
        })
        .await
    }
}

awaitable!(CreateTemplate => StoredTemplate, create);

/// Which translations to list. Await it for all of them; the API gives them in one answer.
///
/// ```no_run
/// use sinch_conversation::{Client, TemplateId};
///
/// # async fn example(client: Client, id: TemplateId) -> Result<(), sinch_conversation::Error> {
/// for translation in client.templates().translations(id).language("en-US").await? {
///     println!("{:?}", translation.version);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is listed until it is awaited"]
pub struct ListTranslations {
    client: Client,
    template: TemplateId,
    language: Option<String>,
    version: Option<String>,
}

impl ListTranslations {
    /// Only translations into this language, a BCP-47 code.
    pub fn language(mut self, code: impl Into<String>) -> Self {
        self.language = Some(code.into());
        self
    }

    /// Only translations of this version.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    async fn list(self) -> Result<Response<Page<V2TemplateTranslation>>, Error> {
        let call = self.client.call(
            OperationId::TemplatesV2ListTranslations,
            CallOptions::default(),
        );
        let request = template::templates_v2_list_translations(
            self.client.project().as_str(),
            self.template.as_str(),
            self.language.as_deref(),
            self.version.as_deref(),
        );
        call.send(request, |list| {
            let translations = list.translations.unwrap_or_default();
            Ok(Page::new(translations, None, list.extra))
        })
        .await
    }
}

awaitable!(ListTranslations => Page<V2TemplateTranslation>, list);
