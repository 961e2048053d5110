//! The arguments of an operation.

use clap::{Arg, ArgAction, Args, Command, value_parser};

use super::confirm::is_destructive;
use super::values::Documented;
use crate::calls::BodyArguments;
use crate::reference::{Entry, ObjectType, OperationFacts, Parameter, Place, reference};

/// The parameter that is the app of the settings by default, where it is required.
pub(super) const APP: &str = "app_id";

/// Returns the command of an operation.
pub(super) fn command(entry: &'static Entry) -> Command {
    let facts = reference().operation(entry.operation);
    let mut command = Command::new(entry.verb.as_str());
    let positionals = positionals(entry, facts);
    let last = positionals.len().saturating_sub(1);
    for (index, parameter) in positionals.into_iter().enumerate() {
        command = command.arg(positional(parameter, index == last));
    }
    if let Some(app) = default_app(entry, facts) {
        command = command.arg(flag(app));
    }
    let query = facts.parameters.iter();
    for parameter in query.filter(|parameter| parameter.place == Place::Query) {
        command = command.arg(flag(parameter));
    }
    if facts.pages.is_some() {
        command = command.args(paging());
    }
    if let Some(body) = &facts.body {
        command = BodyArguments::augment_args(command);
        if let Some(object) = reference().object(&body.kind) {
            command = command.after_help(fields(object, &body.fields));
        }
    }
    // Last, because the arguments of a body bring a text of their own.
    command = command
        .about(facts.summary.as_str())
        .long_about(None::<&str>);
    if !facts.about.is_empty() {
        command = command.long_about(facts.about.as_str());
    }
    match is_destructive(entry.operation.method, &entry.verb) {
        true => command.after_long_help("It asks on a terminal, and needs --yes otherwise."),
        false => command,
    }
}

/// Returns the parameters of the path that are given by their place.
pub(super) fn positionals<'a>(entry: &Entry, facts: &'a OperationFacts) -> Vec<&'a Parameter> {
    let app = default_app(entry, facts).map(|parameter| parameter.name.as_str());
    let parameters = facts.parameters.iter();
    parameters
        .filter(|it| {
            it.place == Place::Path && it.name != "project_id" && Some(it.name.as_str()) != app
        })
        .collect()
}

/// Returns the app of the path, where the command is not about the app itself.
fn default_app<'a>(entry: &Entry, facts: &'a OperationFacts) -> Option<&'a Parameter> {
    let mut parameters = facts.parameters.iter();
    let app = parameters.find(|it| it.place == Place::Path && it.name == APP)?;
    (entry.noun != "apps").then_some(app)
}

/// The last one may be given more than once.
fn positional(parameter: &'static Parameter, is_last: bool) -> Arg {
    let arg = with_values(Arg::new(parameter.name.as_str()), parameter)
        .value_name(parameter.name.to_uppercase())
        .required(true)
        .help(parameter.about.as_str());
    match is_last {
        true => arg.num_args(1..).help(
            format!(
                "{} (more than one, or - for a line each on stdin)",
                parameter.about
            )
            .trim()
            .to_owned(),
        ),
        false => arg,
    }
}

fn flag(parameter: &'static Parameter) -> Arg {
    let arg = Arg::new(parameter.name.as_str())
        .long(kebab(&parameter.name))
        .value_name(parameter.name.to_uppercase())
        .required(parameter.required && parameter.name != APP)
        .help(parameter.about.as_str());
    match parameter.kind.as_str() {
        "integer" => arg.value_name("N").value_parser(value_parser!(i64)),
        "boolean" => arg
            .value_name("BOOL")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(value_parser!(bool)),
        kind if kind.starts_with("[]") => with_values(arg, parameter)
            .action(ArgAction::Append)
            .value_delimiter(','),
        _ => with_values(arg, parameter),
    }
}

fn with_values(arg: Arg, parameter: &'static Parameter) -> Arg {
    match parameter.values.as_slice() {
        [] => arg,
        values => arg.value_parser(Documented(values)),
    }
}

fn paging() -> [Arg; 2] {
    [
        Arg::new("paginate")
            .long("paginate")
            .action(ArgAction::SetTrue)
            .help("Read all pages, not only the first"),
        Arg::new("limit")
            .long("limit")
            .value_name("N")
            .value_parser(value_parser!(u32))
            .conflicts_with("paginate")
            .help("Read as many pages as it takes for N items"),
    ]
}

/// Describes the fields of a body.
fn fields(object: &ObjectType, required: &[String]) -> String {
    let longest = object.fields.keys().map(String::len).max().unwrap_or(0);
    let lines = object.fields.iter().map(|(name, kind)| {
        let must = match object.required.contains(name) || required.contains(name) {
            true => ", required",
            false => "",
        };
        format!("  {name:longest$}  {}{must}", in_words(kind))
    });
    let lines: Vec<String> = lines.collect();
    format!("Fields of the body:\n{}", lines.join("\n"))
}

fn in_words(kind: &str) -> String {
    match kind {
        list if list.starts_with("[]") => {
            format!("list of {}", in_words(list.trim_start_matches("[]")))
        }
        map if map.starts_with("{}") => {
            format!("map of {}", in_words(map.trim_start_matches("{}")))
        }
        object if object.starts_with('#') => "object".to_owned(),
        other => other.to_owned(),
    }
}

/// `metadataKey` and `page_size` as flags: `metadata-key`, `page-size`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for character in name.chars() {
        match character {
            '_' => kebab.push('-'),
            upper if upper.is_uppercase() => {
                kebab.push('-');
                kebab.extend(upper.to_lowercase());
            }
            other => kebab.push(other),
        }
    }
    kebab
}
