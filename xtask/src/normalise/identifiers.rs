//! Checks that every type, field, variant, function, argument and module has a unique Rust name.

use serde_json::Value;

use super::{
    PassError,
    unions::Union,
    walk::{self, Node},
};
use crate::{
    document::pointer,
    names::{self, NameKind, Scope},
};

/// Checks one document: its operations, their arguments and modules.
pub(super) fn of_operations(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut functions = Scope::new(NameKind::Function);
    let mut outcome = Ok(());
    walk::each_operation(document, &mut |place, operation| {
        if outcome.is_ok() {
            outcome = one_operation(operation, place, &mut functions);
        }
    });
    outcome.map(|()| Vec::new())
}

/// Checks all documents: modules, types and their members.
pub(super) fn of_types(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut modules = Scope::new(NameKind::Module);
    for (name, _) in object(document.get("paths")) {
        modules.name(name, &pointer("/paths", name))?;
    }
    if let Some(schemas) = walk::components(document) {
        Scope::of_types(schemas)?;
        for (name, schema) in schemas.iter() {
            members(name, schema, &pointer("/components/schemas", name))?;
        }
    }
    Ok(Vec::new())
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// Checks the fields of a struct, or the variants of an enum.
fn members(name: &str, schema: &Value, place: &str) -> Result<(), PassError> {
    let mut variants = Scope::new(NameKind::Variant);
    if let Some(union) = Union::of(schema) {
        for alternative in union.alternatives {
            let place = format!("{place} {:?}", alternative.mark);
            variants.take(alternative.variant, &place)?;
        }
        return Ok(());
    }
    let values = schema.get("enum").and_then(Value::as_array);
    for (index, value) in values.into_iter().flatten().enumerate() {
        let place = format!("{place}/enum/{index}");
        let value = value.as_str().ok_or_else(|| {
            let message = format!("expected a text, found {value}");
            let remedy = "remove it with an overlay, or give the enum its type";
            PassError::new(&place, message, remedy)
        })?;
        variants.take(names::variant(value, name), &place)?;
    }
    final_values(schema, place)?;
    let mut fields = Scope::new(NameKind::Field);
    if schema.get("x-alternatives").is_some() {
        fields.reserve(crate::names::KIND, "the field for the alternative");
    }
    for (key, _) in object(schema.get("properties")) {
        fields.name(key, &pointer(&format!("{place}/properties"), key))?;
    }
    Ok(())
}

/// Checks that the values that `x-final-values` names are values of the enum.
fn final_values(schema: &Value, place: &str) -> Result<(), PassError> {
    let list = |key| {
        schema
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    for (index, value) in list("x-final-values").enumerate() {
        if !list("enum").any(|known| known == value) {
            let message = format!("expected a value of the enum, found {value}");
            let remedy = "correct the overlay that sets x-final-values";
            let place = format!("{place}/x-final-values/{index}");
            return Err(PassError::new(&place, message, remedy));
        }
    }
    Ok(())
}

fn one_operation(operation: &Node, place: &str, functions: &mut Scope) -> Result<(), PassError> {
    let id = operation.get("operationId").and_then(Value::as_str);
    functions.name(id.unwrap_or_default(), &format!("{place}/operationId"))?;
    if let Some(tag) = operation.get("tags").and_then(|tags| tags.get(0)) {
        // Operations of one tag share a module, so each module is checked by itself.
        let tag = tag.as_str().unwrap_or_default();
        Scope::new(NameKind::Module).name(tag, &format!("{place}/tags/0"))?;
    }
    arguments(operation, place)
}

fn arguments(operation: &Node, place: &str) -> Result<(), PassError> {
    let mut arguments = Scope::new(NameKind::Argument);
    if operation.contains_key("requestBody") {
        arguments.reserve("body", "the body of the request");
    }
    let parameters = operation.get("parameters").and_then(Value::as_array);
    for (index, parameter) in parameters.into_iter().flatten().enumerate() {
        let name = parameter.get("name").and_then(Value::as_str);
        arguments.name(
            name.unwrap_or_default(),
            &format!("{place}/parameters/{index}"),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn refused(document: Value, place: &str, expected: &str) {
        let mut document = document;
        let outcome = of_operations(&mut document).and_then(|_| of_types(&mut document));
        let fault = outcome.expect_err("two of one name, or none");
        assert_eq!(fault.pointer, place);
        assert!(fault.message.contains(expected), "{}", fault.message);
    }

    fn schema(schema: Value) -> Value {
        json!({"components": {"schemas": {"A": schema}}})
    }

    fn operation(operation: Value) -> Value {
        json!({"paths": {"/a": {"get": operation}}})
    }

    #[test]
    fn members_are_told_apart() {
        refused(
            schema(json!({"properties": {"a_b": {}, "aB": {}}})),
            "/components/schemas/A/properties/aB",
            "/components/schemas/A/properties/a_b is also called a_b",
        );
        refused(
            schema(json!({"enum": ["A_B", "aB"]})),
            "/components/schemas/A/enum/1",
            "/components/schemas/A/enum/0 is also called AB",
        );
        refused(
            schema(json!({"properties": {"kind": {}}, "x-alternatives": {}})),
            "/components/schemas/A/properties/kind",
            "the field for the alternative",
        );
    }

    #[test]
    fn operations_are_told_apart() {
        refused(
            operation(json!({})),
            "/paths/~1a/get/operationId",
            "a letter",
        );
        refused(
            operation(json!({"operationId": "new"})),
            "/paths/~1a/get/operationId",
            "every client",
        );
        refused(
            operation(json!({"operationId": "a", "parameters": [{"name": "id"}, {"name": "Id"}]})),
            "/paths/~1a/get/parameters/1",
            "/paths/~1a/get/parameters/0 is also called id",
        );
        refused(
            operation(json!({"operationId": "a", "tags": ["🦀"]})),
            "/paths/~1a/get/tags/0",
            "a letter",
        );
    }
}
