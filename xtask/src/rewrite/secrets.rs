//! The names of fields that hold credentials.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// Generates the table: each name once, in alphabetical order.
pub fn secrets(normalised: &Value) -> TokenStream {
    let mut names = BTreeSet::new();
    collect(normalised, &mut names);
    quote! {
        /// The names of all fields that hold credentials.
        pub static SECRET_FIELDS: &[&str] = &[#(#names),*];
    }
}

fn collect<'a>(node: &'a Value, names: &mut BTreeSet<&'a str>) {
    match node {
        Value::Object(members) => {
            let properties = members.get("properties").and_then(Value::as_object);
            let secret = |schema: &Value| schema.get("format") == Some(&Value::from("password"));
            let secrets = properties.into_iter().flatten();
            names.extend(
                secrets
                    .filter(|(_, schema)| secret(schema))
                    .map(|(name, _)| name.as_str()),
            );
            members.values().for_each(|child| collect(child, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}
