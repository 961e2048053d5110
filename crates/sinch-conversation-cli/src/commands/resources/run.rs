//! Runs the command of an operation.

use std::io::{self, BufRead};

use clap::{ArgMatches, FromArgMatches};
use serde_json::Value;
use sinch_conversation::Client;

use super::arguments::{APP, positionals};
use super::confirm::{confirm, is_destructive};
use crate::calls::{BodyArguments, Call, Extent, Pages, Target, Types, checked_id};
use crate::context::Context;
use crate::error::Failure;
use crate::reference::{Entry, OperationFacts, Parameter, Place, reference};

/// Runs a command, once for each of its ids.
pub(super) fn run(entry: &Entry, matches: &ArgMatches, context: &Context) -> Result<(), Failure> {
    let facts = reference().operation(entry.operation);
    let body = body(facts, matches, context)?;
    let paths = paths(entry, facts, matches, context)?;
    if is_destructive(entry.operation.method, &entry.verb) {
        confirm(context, &described(entry, &paths))?;
    }
    let client = context.client()?;
    context.run(async {
        for path in paths {
            let mut parameters = vec![client.project().to_string()];
            parameters.extend(path);
            let call = Call {
                target: Target::Operation(entry.operation, parameters),
                query: query(facts, matches, context)?,
                body: body.clone(),
            };
            respond(&client, call, facts, matches, context).await?;
        }
        Ok(())
    })
}

/// Makes a request and writes its response.
async fn respond(
    client: &Client,
    call: Call,
    facts: &OperationFacts,
    matches: &ArgMatches,
    context: &Context,
) -> Result<(), Failure> {
    if let Some(items) = &facts.items {
        let pages = Pages {
            items,
            token: facts.pages,
        };
        let mut list = context.output().begin_list(&[]);
        let more = pages
            .write(client, call, extent(facts, matches), &mut list)
            .await?;
        list.end()?;
        if more {
            context.note("there are more; --paginate reads all, --limit N some");
        }
        return Ok(());
    }
    match call.make(client).await? {
        // What is deleted is answered with an empty object.
        None => Ok(()),
        Some(Value::Object(fields)) if fields.is_empty() => Ok(()),
        Some(body) => context.output().value(&body),
    }
}

fn extent(facts: &OperationFacts, matches: &ArgMatches) -> Extent {
    if facts.pages.is_none() || matches.get_flag("paginate") {
        return Extent::All;
    }
    match matches.get_one::<u32>("limit") {
        Some(limit) => Extent::Items(usize::try_from(*limit).unwrap_or(usize::MAX)),
        None => Extent::Page,
    }
}

/// Returns the parameters of each path but for the project: one for each value of the last one.
fn paths(
    entry: &Entry,
    facts: &OperationFacts,
    matches: &ArgMatches,
    context: &Context,
) -> Result<Vec<Vec<String>>, Failure> {
    let names: Vec<&str> = positionals(entry, facts)
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let last = match names.last() {
        Some(name) => values(name, matches)?,
        // One request without an id.
        None => vec![String::new()],
    };
    let in_path = facts.parameters.iter().filter(|it| it.place == Place::Path);
    let in_path: Vec<&Parameter> = in_path.filter(|it| it.name != "project_id").collect();
    last.iter()
        .map(|last| {
            let parameter = |it: &&Parameter| {
                let name = it.name.as_str();
                let given = matches.try_get_one::<String>(name).ok().flatten().cloned();
                let value = match (names.last() == Some(&name), given) {
                    (true, _) => last.clone(),
                    (false, Some(value)) => value,
                    (false, None) => app(context)?,
                };
                checked_id(name, &value)
            };
            in_path.iter().map(parameter).collect()
        })
        .collect()
}

fn app(context: &Context) -> Result<String, Failure> {
    let missing = || Failure::usage("no app").hint("--app-id, or the variable SINCH_APP_ID");
    context.settings()?.get("SINCH_APP_ID").ok_or_else(missing)
}

/// Returns the values of an argument; `-` stands for the lines of stdin.
fn values(name: &str, matches: &ArgMatches) -> Result<Vec<String>, Failure> {
    let mut values = Vec::new();
    for value in matches.get_many::<String>(name).into_iter().flatten() {
        match value.as_str() {
            "-" => {
                for line in io::stdin().lock().lines() {
                    let line = line.map_err(|error| Failure::usage(format!("stdin: {error}")))?;
                    let id = line.trim();
                    if !id.is_empty() {
                        values.push(id.to_owned());
                    }
                }
            }
            value => values.push(value.to_owned()),
        }
    }
    Ok(values)
}

fn query(
    facts: &OperationFacts,
    matches: &ArgMatches,
    context: &Context,
) -> Result<Vec<(String, String)>, Failure> {
    let parameters = facts
        .parameters
        .iter()
        .filter(|it| it.place == Place::Query);
    let mut query = Vec::new();
    for parameter in parameters {
        let name = parameter.name.as_str();
        let values: Vec<String> = match parameter.kind.as_str() {
            "integer" => matches
                .get_many::<i64>(name)
                .into_iter()
                .flatten()
                .map(i64::to_string)
                .collect(),
            "boolean" => matches
                .get_many::<bool>(name)
                .into_iter()
                .flatten()
                .map(bool::to_string)
                .collect(),
            _ => matches
                .get_many::<String>(name)
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
        };
        if values.is_empty() && parameter.required && name == APP {
            query.push((name.to_owned(), app(context)?));
        }
        let named = values.into_iter();
        query.extend(named.map(|value| (name.to_owned(), value)));
    }
    Ok(query)
}

/// Returns the body, with the app of the settings where the document requires one and none is given.
fn body(
    facts: &OperationFacts,
    matches: &ArgMatches,
    context: &Context,
) -> Result<Option<Value>, Failure> {
    let Some(body) = &facts.body else {
        return Ok(None);
    };
    let arguments = BodyArguments::from_arg_matches(matches);
    let arguments = arguments.map_err(|error| Failure::usage(error.to_string()))?;
    let mut read = arguments.read(&Types::of(&body.kind))?;
    let object = reference().object(&body.kind);
    let required = object.map(|object| &object.required).into_iter().flatten();
    let needs_app = required.chain(&body.fields).any(|name| name == APP);
    if let (true, Some(Value::Object(fields))) = (needs_app, &mut read)
        && !fields.contains_key(APP)
        && let Some(app) = context.settings()?.get("SINCH_APP_ID")
    {
        fields.insert(APP.to_owned(), app.into());
    }
    match (read, body.required) {
        (None, true) => Err(Failure::usage("no body").hint("--field KEY=VALUE, or --input FILE")),
        (read, _) => Ok(read),
    }
}

fn described(entry: &Entry, paths: &[Vec<String>]) -> String {
    let what = match paths {
        [path] => path.join(" "),
        paths => format!("{} of them", paths.len()),
    };
    let asked = format!("{} {} {what}", entry.noun, entry.verb);
    asked.trim().to_owned()
}
