//! Reads the normalised document as [`OpenAPI`], and checks that the generator handles it correctly.
//!
//! Progenitor panics, or silently omits something, if a document does not have the form that is checked here.

use std::collections::BTreeSet;

use openapiv3::{
    AdditionalProperties, AnySchema, Components, Info, MediaType, OpenAPI, Operation, Parameter,
    ParameterData, ParameterSchemaOrContent, PathItem, PathStyle, Paths, QueryStyle, ReferenceOr,
    Schema, SchemaKind, Type,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::document::{PassError, pointer, walk::Node};

const JSON: &str = "application/json";

/// Reads and checks the paths of one document, with the schemas of all.
pub fn read(info: &Value, paths: &Node, schemas: &Node) -> Result<OpenAPI, PassError> {
    let mut components = Components::default();
    for (name, schema) in schemas {
        let place = pointer("/components/schemas", name);
        let schema = typed(schema, &place)?;
        check_schema(&schema, &place)?;
        components.schemas.insert(name.clone(), schema);
    }
    let mut known = Paths::default();
    for (path, item) in paths {
        let place = pointer("/paths", path);
        check_path(path, &place)?;
        let item: PathItem = typed(item, &place)?;
        for (method, operation) in item.iter() {
            check_operation(path, operation, &pointer(&place, method))?;
        }
        known.paths.insert(path.clone(), ReferenceOr::Item(item));
    }
    let text = |key: &str| {
        info.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Ok(OpenAPI {
        openapi: "3.0.3".to_owned(),
        info: Info {
            title: text("title"),
            version: text("version"),
            ..Info::default()
        },
        paths: known,
        components: Some(components),
        ..OpenAPI::default()
    })
}

fn typed<T: DeserializeOwned>(value: &Value, place: &str) -> Result<T, PassError> {
    serde_json::from_value(value.clone()).map_err(|error| {
        fault(
            place,
            &format!("OpenAPI 3.0, but {error}"),
            "the schema or operation",
        )
    })
}

/// Makes an error from what was expected and found at a place.
fn fault(place: &str, message: &str, what: &str) -> PassError {
    PassError {
        pointer: place.to_owned(),
        message: format!("expected {message}"),
        remedy: format!("correct {what} with an overlay, or remove it"),
    }
}

/// Checks a path, which is copied into code and requests unescaped.
fn check_path(path: &str, place: &str) -> Result<(), PassError> {
    if path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(fault(
            place,
            "a path that starts with / and has no blanks",
            "the path",
        ))
    }
}

/// Returns the parameters in the braces of a path.
fn names_in(path: &str) -> BTreeSet<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}

fn check_operation(path: &str, operation: &Operation, place: &str) -> Result<(), PassError> {
    let mut declared = BTreeSet::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        let place = format!("{place}/parameters/{index}");
        let parameter = item(parameter, &place)?;
        check_parameter(parameter, &place)?;
        if let Parameter::Path { parameter_data, .. } = parameter {
            declared.insert(parameter_data.name.as_str());
        }
    }
    if declared != names_in(path) {
        let message = format!(
            "a parameter in: path for each name in braces, found {}",
            json!(declared)
        );
        return Err(fault(
            &format!("{place}/parameters"),
            &message,
            "the parameters or the path",
        ));
    }
    if let Some(body) = &operation.request_body {
        let place = format!("{place}/requestBody");
        let body = item(body, &place)?;
        if body.content.is_empty() {
            return Err(fault(
                &place,
                "a body of application/json, found none",
                "the body",
            ));
        }
        check_content(&body.content, &place)?;
    }
    for (status, response) in &operation.responses.responses {
        let place = format!("{place}/responses/{status}");
        check_content(&item(response, &place)?.content, &place)?;
    }
    Ok(())
}

fn check_parameter(parameter: &Parameter, place: &str) -> Result<(), PassError> {
    let data: &ParameterData = match parameter {
        Parameter::Path {
            parameter_data,
            style: PathStyle::Simple,
        } if parameter_data.required => parameter_data,
        Parameter::Query {
            parameter_data,
            style: QueryStyle::Form,
            ..
        } => parameter_data,
        _ => {
            let message =
                "a required parameter of the path or one of the query, in the usual style";
            return Err(fault(place, message, "the parameter"));
        }
    };
    match &data.format {
        ParameterSchemaOrContent::Schema(schema) => {
            check_schema(schema, &format!("{place}/schema"))
        }
        ParameterSchemaOrContent::Content(_) => {
            Err(fault(place, "a parameter with a schema", "the parameter"))
        }
    }
}

/// Checks that content is absent, or JSON of a known type.
fn check_content<'a>(
    content: impl IntoIterator<Item = (&'a String, &'a MediaType)>,
    place: &str,
) -> Result<(), PassError> {
    for (media_type, content) in content {
        let place = pointer(&format!("{place}/content"), media_type);
        match &content.schema {
            Some(schema) if media_type == JSON => check_schema(schema, &format!("{place}/schema"))?,
            _ => {
                return Err(fault(
                    &place,
                    "application/json with a schema, and no other",
                    "the media types",
                ));
            }
        }
    }
    Ok(())
}

/// Returns an item that is not a reference: all references but those to schemas were replaced.
fn item<'a, T>(item: &'a ReferenceOr<T>, place: &str) -> Result<&'a T, PassError> {
    item.as_item().ok_or_else(|| {
        let message =
            "what a reference into the right part of /components names, found a reference";
        fault(place, message, "the reference")
    })
}

fn check_schema(schema: &ReferenceOr<Schema>, place: &str) -> Result<(), PassError> {
    let ReferenceOr::Item(schema) = schema else {
        return Ok(());
    };
    let refused = |what: &str| {
        Err(fault(
            place,
            &format!("a schema without {what}"),
            "the schema",
        ))
    };
    match &schema.schema_kind {
        SchemaKind::Type(Type::Object(object)) => {
            for (name, property) in &object.properties {
                check_schema(
                    &property.clone().unbox(),
                    &pointer(&format!("{place}/properties"), name),
                )?;
            }
            match &object.additional_properties {
                Some(AdditionalProperties::Schema(values)) => {
                    check_schema(values, &format!("{place}/additionalProperties"))
                }
                _ => Ok(()),
            }
        }
        SchemaKind::Type(Type::Array(array)) => match &array.items {
            Some(items) => check_schema(&items.clone().unbox(), &format!("{place}/items")),
            None => Ok(()),
        },
        SchemaKind::Type(_) => Ok(()),
        SchemaKind::OneOf { .. } => refused("oneOf here"),
        SchemaKind::AllOf { .. } => refused("allOf here"),
        SchemaKind::AnyOf { .. } => refused("anyOf"),
        SchemaKind::Not { .. } => refused("not"),
        SchemaKind::Any(any) => check_any(any, place),
    }
}

/// Checks a schema without a type, which is any JSON, and may say nothing else.
fn check_any(any: &AnySchema, place: &str) -> Result<(), PassError> {
    let plain = AnySchema {
        format: any.format.clone(),
        required: any.required.clone(),
        ..AnySchema::default()
    };
    const TYPES: &[&str] = &["string", "number", "integer", "boolean", "object", "array"];
    match &any.typ {
        Some(unknown) if !TYPES.contains(&unknown.as_str()) => {
            let message = format!("one of {}, found {}", TYPES.join(", "), json!(unknown));
            Err(fault(&format!("{place}/type"), &message, "the type"))
        }
        None if *any == plain => Ok(()),
        _ => Err(fault(
            place,
            "a schema of one kind, found a mixture",
            "the schema",
        )),
    }
}
