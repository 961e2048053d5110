//! `api`: any request, with the credentials, retries and rate limit of all others.

mod jq;
mod route;

use clap::{Args, ValueEnum};
use serde_json::Value;
use sinch_conversation::Client;
use sinch_conversation::raw::Document;

use crate::calls::{BodyArguments, Call, Target, Types, leads_on, next_page};
use crate::commands::resources::confirm::{confirm, is_destructive};
use crate::context::Context;
use crate::error::Failure;
use crate::reference::{Place, reference};
use jq::Filter;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Method, such as GET
    method: String,
    /// Path, such as /v1/projects/{project_id}/apps, or what follows the project: apps/{app_id}/webhooks. {project_id} and
    /// {app_id} are those of the settings. It may have a query
    path: String,
    #[command(flatten)]
    body: BodyArguments,
    /// Service that the path belongs to; by default the first that documents it
    #[arg(long, value_name = "SERVICE")]
    service: Option<Service>,
    /// Read all pages; each is written as it is
    #[arg(long)]
    paginate: bool,
    /// Write what this expression of jq selects; texts without quotes
    #[arg(long, value_name = "EXPR")]
    jq: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Service {
    Conversation,
    Template,
    Batch,
}

impl From<Service> for Document {
    fn from(service: Service) -> Self {
        match service {
            Service::Conversation => Self::Conversation,
            Service::Template => Self::Template,
            Service::Batch => Self::Batch,
        }
    }
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let filter = self.jq.as_deref().map(Filter::new).transpose()?;
        let method = self.method.to_uppercase();
        let client = context.client()?;
        let target = route::find(
            &method,
            &self.path,
            self.service.map(Document::from),
            &client,
            context,
        )?;
        let call = self.call(&method, target)?;
        if is_destructive(&method, "") {
            confirm(context, &format!("{method} {}", self.path))?;
        }
        context.run(self.make(&client, call, filter.as_ref(), context))
    }

    /// Returns the request. Fields of a GET are its query, as it has no body.
    fn call(&self, method: &str, target: Target) -> Result<Call, Failure> {
        let kind = match &target {
            Target::Operation(operation, _) => reference().operation(operation).body.as_ref(),
            Target::Path(..) => None,
        };
        let types = kind.map_or_else(Types::unknown, |body| Types::of(&body.kind));
        let mut query = route::query(&self.path)?;
        if method != "GET" {
            let body = self.body.read(&types)?;
            return Ok(Call {
                target,
                query,
                body,
            });
        }
        query.extend(self.body.pairs()?);
        Ok(Call {
            target,
            query,
            body: None,
        })
    }

    async fn make(
        &self,
        client: &Client,
        mut call: Call,
        filter: Option<&Filter>,
        context: &Context,
    ) -> Result<(), Failure> {
        let mut last = None;
        loop {
            let Some(page) = call.make(client).await? else {
                return Ok(());
            };
            let next = next_page(&page);
            write(page, filter, context)?;
            let (true, Some(token)) = (self.paginate, next) else {
                return Ok(());
            };
            leads_on(last.as_deref(), &token)?;
            let place = match call.body {
                Some(_) => Place::Body,
                None => Place::Query,
            };
            call.turn_to(place, &token);
            last = Some(token);
        }
    }
}

fn write(mut page: Value, filter: Option<&Filter>, context: &Context) -> Result<(), Failure> {
    let Some(filter) = filter else {
        return context.output().value(&page);
    };
    context.output().hide_secrets(&mut page);
    for selected in filter.apply(&page)? {
        match selected {
            Value::String(text) => context.output().line(&text)?,
            other => context.output().line(&other.to_string())?,
        }
    }
    Ok(())
}
