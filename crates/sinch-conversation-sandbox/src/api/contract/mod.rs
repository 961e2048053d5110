//! What a request may contain. `generated/contract.json` is the JSON Schema that is generated from the documents; every
//! request is validated against it before its operation runs.
//!
//! What a schema cannot express (ids that have to exist, fields that depend on each other) is checked by the
//! operations.

mod body;
mod params;
mod proto_json;
mod published;
mod tolerated;
mod violations;

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use axum::body::Bytes;
use axum::http::HeaderMap;
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};
use sinch_conversation_raw::{OperationId as Id, UnknownOperation};

use crate::api::call::{Call, Checked, Request};
use crate::api::error::ApiError;
use params::Parameter;
pub(crate) use published::{has_body, parameters};

/// The name by which schemas refer to the contract.
const NAME: &str = "urn:contract";

static CONTRACT: LazyLock<Result<Contract, String>> = LazyLock::new(Contract::read);

/// All operations. Schemas are compiled on first use, so that the sandbox starts quickly.
struct Contract {
    document: Value,
    registry: OnceLock<Result<Registry<'static>, String>>,
    operations: HashMap<Id, OnceLock<Result<Rules, String>>>,
}

/// What one operation accepts.
struct Rules {
    parameters: Vec<Parameter>,
    body: Option<Body>,
}

struct Body {
    required: bool,
    /// JSON pointer to its schema in the contract.
    schema: String,
    validator: Validator,
}

/// Checks a request against the contract and rewrites it into the form of the documents. The error names every
/// violation.
pub(crate) fn check(mut request: Request<Bytes>, headers: &HeaderMap) -> Result<Call, ApiError> {
    let contract = CONTRACT
        .as_ref()
        .map_err(|reason| ApiError::internal(reason.as_str()))?;
    let rules = contract
        .rules(request.operation.id)
        .ok_or_else(|| ApiError::unimplemented(request.operation.id))?;
    let rules = rules
        .as_ref()
        .map_err(|reason| ApiError::internal(reason.as_str()))?;
    let mut violations = params::rename(&rules.parameters, &mut request.parameters.query);
    violations.extend(params::check(
        &contract.document,
        &rules.parameters,
        &request,
    ));
    let body = match &rules.body {
        Some(rules) => body::read(&contract.document, rules, &request, headers),
        None => Ok(Checked::default()),
    };
    match body {
        Ok(body) if violations.is_empty() => Ok(request.with_body(body)),
        Ok(_) => Err(ApiError::invalid_all(violations)),
        Err(further) => {
            violations.extend(further);
            Err(ApiError::invalid_all(violations))
        }
    }
}

impl Contract {
    fn read() -> Result<Self, String> {
        let text = include_str!("../../generated/contract.json");
        let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let ids = document.get("operations").and_then(Value::as_object);
        let operations = ids
            .into_iter()
            .flat_map(|operations| operations.keys())
            .map(|id| Ok((id.parse()?, OnceLock::new())))
            .collect::<Result<_, UnknownOperation>>()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            document,
            registry: OnceLock::new(),
            operations,
        })
    }

    fn rules(&self, id: Id) -> Option<&Result<Rules, String>> {
        let cell = self.operations.get(&id)?;
        Some(cell.get_or_init(|| self.compile(id)))
    }

    fn compile(&self, id: Id) -> Result<Rules, String> {
        let pointer = format!("/operations/{id}");
        let operation = self.document.pointer(&pointer).unwrap_or(&Value::Null);
        let list = operation.get("parameters").and_then(Value::as_array);
        let parameters = list
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, parameter)| {
                let schema = format!("{pointer}/parameters/{index}/schema");
                let validator = if params::takes_anything(parameter) {
                    None
                } else {
                    Some(self.validator(&schema)?)
                };
                Ok(Parameter::new(parameter, &self.document, validator))
            })
            .collect::<Result<_, String>>()?;
        let body = match operation.get("body") {
            None | Some(Value::Null) => None,
            Some(body) => {
                let schema = format!("{pointer}/body/schema");
                Some(Body {
                    required: body.get("required") == Some(&Value::Bool(true)),
                    validator: self.validator(&schema)?,
                    schema,
                })
            }
        };
        Ok(Rules { parameters, body })
    }

    /// Compiles the schema at a JSON pointer of the contract.
    fn validator(&self, pointer: &str) -> Result<Validator, String> {
        let prepare = || {
            Registry::new()
                .add(NAME, self.document.clone())
                .and_then(|builder| builder.prepare())
                .map_err(|error| error.to_string())
        };
        let registry = self.registry.get_or_init(prepare).as_ref();
        jsonschema::options()
            .with_registry(registry.map_err(Clone::clone)?)
            .should_validate_formats(true)
            .build(&json!({"$ref": format!("{NAME}#{pointer}")}))
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::CONTENT_TYPE;
    use sinch_conversation_raw::OPERATIONS;

    use super::*;
    use crate::api::call::Parameters;

    #[test]
    fn every_operation_is_in_the_contract_and_compiles() {
        let contract = CONTRACT.as_ref().unwrap();
        assert_eq!(contract.operations.len(), OPERATIONS.len());
        for operation in OPERATIONS {
            let rules = contract.rules(operation.id).unwrap();
            let rules = rules
                .as_ref()
                .unwrap_or_else(|error| panic!("{}: {error}", operation.id));
            let named = rules
                .parameters
                .iter()
                .filter(|parameter| parameter.is_in_path())
                .count();
            assert_eq!(
                named,
                operation.path.matches('{').count(),
                "{}",
                operation.id
            );
        }
    }

    #[test]
    fn null_is_absent_where_the_document_names_the_fields() {
        let operation = OPERATIONS
            .iter()
            .find(|operation| operation.id.as_str() == "Messages_SendMessage")
            .unwrap();
        let body = json!({
            "app_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "recipient": {"contact_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "identified_by": null},
            "message": {"text_message": {"text": "hi"}, "card_message": null},
            "conversation_metadata": {"a": null, "b": [null, {"c": null}]},
            "channel_properties": {"a": "b", "c": null},
            "ttl": null,
        });
        let body = body.to_string().into();
        let request = Request {
            operation,
            parameters: Parameters::new(Vec::new(), None),
            body,
        };
        let json = HeaderValue::from_static("application/json");
        let headers = [(CONTENT_TYPE, json)].into_iter().collect();
        let call = check(request, &headers).unwrap();
        let expected = json!({
            "app_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "recipient": {"contact_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"},
            "message": {"text_message": {"text": "hi"}},
            "conversation_metadata": {"a": null, "b": [null, {"c": null}]},
            "channel_properties": {"a": "b"},
        });
        assert_eq!(Some(call.json().unwrap()), expected.as_object());
    }
}
