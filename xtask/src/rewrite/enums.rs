//! Open string enums: a variant for each documented value, and `Unknown` for others.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::docs;
use crate::names;

pub(super) fn write(name: &str, schema: &Value) -> TokenStream {
    let values: Vec<&str> = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let description = schema.get("description").and_then(Value::as_str);
    let name_ident = format_ident!("{name}");
    let docs = docs::comment(&docs::of_enum(name, schema, &values));
    let variants: Vec<_> = values
        .iter()
        .map(|value| format_ident!("{}", names::variant(value, name)))
        .collect();
    let is_final = is_final(name, schema);
    let variant_docs = values
        .iter()
        .map(|value| docs::comment(&docs::of_value(value, &values, description)));
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name_ident {
            #(#variant_docs #variants,)*
            /// An undocumented value.
            Unknown(String),
        }

        crate::wire::open_enum! { #name_ident; #(#values #variants,)* }

        #is_final
    }
}

/// The method for an enum that has `x-final-values`.
fn is_final(name: &str, schema: &Value) -> Option<TokenStream> {
    let values = schema.get("x-final-values")?.as_array()?;
    let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    let variants = values
        .iter()
        .map(|value| format_ident!("{}", names::variant(value, name)));
    let list: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    let docs = docs::comment(&format!(
        "Returns whether the value is final: {}. An undocumented one is not.",
        list.join(", ")
    ));
    let name = format_ident!("{name}");
    Some(quote! {
        impl #name {
            #docs
            pub fn is_final(&self) -> bool {
                matches!(self, #(Self::#variants)|*)
            }
        }
    })
}
