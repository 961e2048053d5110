//! Unions: an enum with a variant for each alternative, selected by the JSON.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::docs;
use crate::{
    document::walk::referenced,
    normalise::unions::{Alternative, Holds, Select, Union},
};

pub(super) fn write(name: &str, schema: &Value, union: &Union) -> TokenStream {
    let name_ident = format_ident!("{name}");
    let docs = docs::comment(&docs::of_type(name, schema));
    let variants = union.alternatives.iter().map(|alternative| {
        let docs = docs::comment(&said_of(alternative, &union.select));
        let variant = format_ident!("{}", alternative.variant);
        let held = held_type(&alternative.holds);
        let own = json!({
            "deprecated": alternative.is_deprecated,
            "description": alternative.description,
        });
        let content = alternative.holds.schema();
        let deprecation = docs::deprecation(&[Some(&own), Some(content), Some(schema)]);
        quote! { #docs #deprecation #variant(#held), }
    });
    let table = table(&name_ident, union);
    let conversions = conversions(name, union);
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name_ident {
            #(#variants)*
            /// An undocumented alternative, or one that is not as documented; its JSON is kept.
            Unknown(UnknownObject),
        }

        #table

        #(#conversions)*
    }
}

fn said_of(alternative: &Alternative, select: &Select) -> String {
    let how = match select {
        Select::Key => format!("Identified by the key `{}`.", alternative.mark),
        Select::Tag { property } | Select::Sibling { property, .. } => {
            format!(
                "Identified by the value `{}` of `{property}`.",
                alternative.mark
            )
        }
    };
    match &alternative.description {
        Some(said) => format!("{said}\n\n{how}"),
        None => how,
    }
}

/// Returns the Rust type of a variant's content. After normalising it is a named type, free JSON, or a string.
fn held_type(holds: &Holds) -> TokenStream {
    let schema = holds.schema();
    match (
        referenced(schema),
        schema.get("type").and_then(Value::as_str),
    ) {
        (Some(name), _) => {
            let name = format_ident!("{name}");
            quote! { #name }
        }
        (None, Some("string")) => quote! { String },
        (None, Some("object")) => quote! { Map<String, Value> },
        (None, _) => quote! { Value },
    }
}

/// Generates the table from which a macro makes the JSON form.
fn table(name: &Ident, union: &Union) -> TokenStream {
    let rows = union.alternatives.iter().map(|alternative| {
        let mark = &alternative.mark;
        let variant = format_ident!("{}", alternative.variant);
        quote! { #mark #variant, }
    });
    let whole = union
        .alternatives
        .iter()
        .any(|alternative| matches!(alternative.holds, Holds::Whole(_)));
    let family = format_ident!("{}", if whole { "whole" } else { "choice" });
    let marks = match &union.select {
        Select::Key => quote! {},
        Select::Tag { property } => quote! { #property },
        Select::Sibling { property, content } => quote! { #property #content },
    };
    quote! { crate::wire::#family! { #name #marks; #(#rows)* } }
}

/// Generates a conversion for each type that only one variant holds.
fn conversions(name: &str, union: &Union) -> Vec<TokenStream> {
    let name = format_ident!("{name}");
    let mut seen = HashSet::new();
    let mut twice = HashSet::new();
    for alternative in &union.alternatives {
        if let Some(held) = referenced(alternative.holds.schema())
            && !seen.insert(held)
        {
            twice.insert(held);
        }
    }
    union
        .alternatives
        .iter()
        .filter_map(|alternative| {
            let held =
                referenced(alternative.holds.schema()).filter(|held| !twice.contains(held))?;
            let variant = format_ident!("{}", alternative.variant);
            let held = format_ident!("{held}");
            Some(quote! {
                impl From<#held> for #name {
                    fn from(held: #held) -> Self {
                        Self::#variant(held)
                    }
                }
            })
        })
        .collect()
}
