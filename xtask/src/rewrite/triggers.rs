//! A table of the kinds of callback: the key that identifies each, and its trigger.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Map, Value};

use crate::{
    document::DocumentError,
    document::walk::Node,
    names::{self, NameKind, Scope},
    normalise::unions::Union,
};

/// The union of callbacks: the one whose schema has `x-triggers`.
struct Callbacks<'a> {
    name: &'a str,
    union: Union,
    triggers: &'a Value,
    schemas: &'a Node,
}

/// Generates the table; `None` if no document has callbacks.
pub fn triggers(normalised: &Value) -> Result<Option<TokenStream>, DocumentError> {
    let schemas = normalised
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let found = schemas.and_then(|schemas| {
        schemas.iter().find_map(|(name, schema)| {
            Some(Callbacks {
                name,
                union: Union::of(schema)?,
                triggers: schema.get("x-triggers")?,
                schemas,
            })
        })
    });
    found.map(|callbacks| callbacks.table()).transpose()
}

impl Callbacks<'_> {
    fn table(&self) -> Result<TokenStream, DocumentError> {
        let (enum_name, values) = self.values()?;
        let keys = self.keys()?;
        let enum_ident = format_ident!("{enum_name}");
        let mut scope = Scope::new(NameKind::Constant);
        let mut constants = Vec::new();
        let mut table = Vec::new();
        for alternative in &self.union.alternatives {
            let key = &alternative.mark;
            let trigger = keys.get(key).and_then(Value::as_str).ok_or_else(|| {
                self.fault(format!("expected a trigger for the key {key}, found none"))
            })?;
            if !values.contains(&trigger) {
                return Err(self.fault(format!(
                    "expected a value of {enum_name} for the key {key}, found {trigger}"
                )));
            }
            let constant = scope
                .name(trigger, &format!("{}/keys", self.place()))
                .map_err(|fault| fault.in_document("all documents"))?;
            let constant = format_ident!("{constant}");
            let variant = format_ident!("{}", names::variant(trigger, enum_name));
            let docs = format!(" `{key}`, for the trigger `{trigger}`.");
            constants.push(quote! {
                #[doc = #docs]
                pub const #constant: Self = Self { key: #key, trigger: #enum_ident::#variant };
            });
            table.push(quote! { Self::#constant });
        }
        if let Some(key) = keys.keys().find(|key| !self.is_known(key)) {
            return Err(self.fault(format!(
                "expected {key} to be the key of a callback, but none has it"
            )));
        }
        let shared = self.shared_fields();
        Ok(quote! {
            impl CallbackKind {
                #(#constants)*

                /// All kinds, in the order in which their keys are tried.
                pub const ALL: &'static [Self] = &[#(#table),*];

                /// The fields that every kind of callback has.
                pub const SHARED_FIELDS: &'static [&'static str] = &[#(#shared),*];
            }
        })
    }

    /// Returns the enum of triggers: its name and values.
    fn values(&self) -> Result<(&str, Vec<&str>), DocumentError> {
        let name = self
            .triggers
            .get("of")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix("#/components/schemas/"));
        let values = name
            .and_then(|name| self.schemas.get(name)?.get("enum")?.as_array())
            .map(|values| values.iter().filter_map(Value::as_str).collect());
        name.zip(values)
            .ok_or_else(|| self.fault("expected a reference to an enum in `of`".to_owned()))
    }

    fn keys(&self) -> Result<&Map<String, Value>, DocumentError> {
        let keys = self.triggers.get("keys").and_then(Value::as_object);
        keys.ok_or_else(|| self.fault("expected a map from key to trigger in `keys`".to_owned()))
    }

    fn is_known(&self, key: &str) -> bool {
        let mut alternatives = self.union.alternatives.iter();
        alternatives.any(|alternative| alternative.mark == key)
    }

    /// Returns the properties that all alternatives have.
    fn shared_fields(&self) -> Vec<&str> {
        let mut each = self.union.alternatives.iter().map(|alternative| {
            let component = alternative.component.as_deref().unwrap_or_default();
            let properties = self
                .schemas
                .get(component)
                .and_then(|schema| schema.get("properties")?.as_object());
            properties
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str())
                .collect::<Vec<_>>()
        });
        let mut shared = each.next().unwrap_or_default();
        for properties in each {
            shared.retain(|name| properties.contains(name));
        }
        shared
    }

    fn place(&self) -> String {
        format!("/components/schemas/{}/x-triggers", self.name)
    }

    fn fault(&self, message: String) -> DocumentError {
        DocumentError {
            origin: "all documents".to_owned(),
            pointer: self.place(),
            message,
            remedy: "correct the overlay that sets x-triggers".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(keys: Value) -> Value {
        let alternative = |key: &str, component: &str| {
            json!({"variant": component, "mark": key, "whole": true,
                "schema": {"$ref": format!("#/components/schemas/{component}")},
                "member": component})
        };
        json!({"components": {"schemas": {
            "Trigger": {"type": "string", "enum": ["MESSAGE_INBOUND", "OPT_IN"]},
            "Inbound": {"properties": {"app_id": {}, "message": {}}},
            "OptIn": {"properties": {"app_id": {}, "opt_in": {}}},
            "Callback": {
                "x-union": {"alternatives": [alternative("message", "Inbound"), alternative("opt_in", "OptIn")]},
                "x-triggers": {"of": "#/components/schemas/Trigger", "keys": keys}
            }
        }}})
    }

    #[test]
    fn a_row_for_each_kind() {
        let keys = json!({"opt_in": "OPT_IN", "message": "MESSAGE_INBOUND"});
        let code = triggers(&document(keys))
            .expect("complete")
            .expect("a table");
        let file: syn::File = syn::parse2(code).expect("it parses");
        let text = prettyplease::unparse(&file);
        for expected in [
            "pub const OPT_IN: Self = Self {",
            "trigger: Trigger::MessageInbound",
            "&[Self::MESSAGE_INBOUND, Self::OPT_IN]",
            "&[\"app_id\"]",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }

    #[test]
    fn every_key_has_a_trigger_and_every_trigger_is_one() {
        for (keys, said) in [
            (
                json!({"message": "MESSAGE_INBOUND"}),
                "the key opt_in, found none",
            ),
            (
                json!({"message": "MESSAGE_INBOUND", "opt_in": "OPT"}),
                "found OPT",
            ),
            (
                json!({"message": "MESSAGE_INBOUND", "opt_in": "OPT_IN", "gone": "OPT_IN"}),
                "expected gone",
            ),
        ] {
            let fault = triggers(&document(keys)).expect_err("incomplete");
            assert!(fault.message.contains(said), "{}", fault.message);
            assert_eq!(fault.pointer, "/components/schemas/Callback/x-triggers");
        }
    }
    #[test]
    fn no_two_keys_have_one_trigger() {
        let keys = json!({"message": "OPT_IN", "opt_in": "OPT_IN"});
        let fault = triggers(&document(keys)).expect_err("two constants of one name");
        assert_eq!(
            fault.pointer,
            "/components/schemas/Callback/x-triggers/keys"
        );
        assert!(fault.message.contains("also called OPT_IN"), "{fault}");
    }
}
