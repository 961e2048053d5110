//! Unions: an enum with a variant for each alternative, chosen by what is in the JSON.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::docs;
use crate::normalise::{
    unions::{Alternative, Holds, Select, Union},
    walk::referenced,
};

pub(super) fn write(name: &str, schema: &Value, union: &Union) -> TokenStream {
    let name_ident = format_ident!("{name}");
    let docs = docs::comment(&docs::of_type(name, schema));
    let variants = union.alternatives.iter().map(|alternative| {
        let docs = docs::comment(&said_of(alternative, &union.select));
        let variant = format_ident!("{}", alternative.variant);
        let held = held_type(&alternative.holds);
        quote! { #docs #variant(#held), }
    });
    let read = read(union);
    let writes = union
        .alternatives
        .iter()
        .map(|alternative| write_arm(alternative, &union.select));
    let conversions = conversions(name, union);
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name_ident {
            #(#variants)*
            /// An alternative that no document knows, or one that is not as documented; the JSON is kept as it came.
            Unknown(UnknownObject),
        }

        impl Union for #name_ident {
            fn read(fields: &mut Fields<'_>) -> Result<Option<Self>, DecodeError> {
                let alternative = #read;
                Ok(Some(alternative))
            }

            fn write(&self, members: &mut Members) {
                match self {
                    #(#writes)*
                    Self::Unknown(json) => members.put_rest(json),
                }
            }

            fn unknown(json: UnknownObject) -> Self {
                Self::Unknown(json)
            }
        }

        #(#conversions)*
    }
}

fn said_of(alternative: &Alternative, select: &Select) -> String {
    let how = match select {
        Select::Key => format!("Known by the key `{}`.", alternative.mark),
        Select::Tag { property } | Select::Sibling { property, .. } => {
            format!("Known by the value `{}` of `{property}`.", alternative.mark)
        }
    };
    match &alternative.description {
        Some(said) => format!("{said}\n\n{how}"),
        None => how,
    }
}

/// The Rust type of what a variant holds. After normalising it is a named type, free JSON, or a text.
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

fn read(union: &Union) -> TokenStream {
    let keys = union.alternatives.iter().map(|it| &it.mark);
    let mark = match &union.select {
        Select::Key => quote! { fields.present(&[#(#keys),*]) },
        Select::Tag { property } | Select::Sibling { property, .. } => {
            quote! { fields.text(#property) }
        }
    };
    let arms = union.alternatives.iter().map(|alternative| {
        let mark = &alternative.mark;
        let variant = format_ident!("{}", alternative.variant);
        match (&alternative.holds, &union.select) {
            (Holds::Whole(_), _) => {
                quote! { Some(#mark) => Self::#variant(Object::read(fields)?), }
            }
            (Holds::Value(_), Select::Sibling { property, content }) => quote! {
                Some(#mark) => {
                    fields.discard(#property);
                    Self::#variant(fields.required(#content)?)
                }
            },
            (Holds::Value(_), _) => {
                quote! { Some(#mark) => Self::#variant(fields.required(#mark)?), }
            }
        }
    });
    quote! {
        match #mark {
            #(#arms)*
            _ => return Ok(None),
        }
    }
}

fn write_arm(alternative: &Alternative, select: &Select) -> TokenStream {
    let variant = format_ident!("{}", alternative.variant);
    let mark = &alternative.mark;
    match (&alternative.holds, select) {
        (Holds::Whole(_), _) => quote! { Self::#variant(held) => held.write(members), },
        (Holds::Value(_), Select::Sibling { property, content }) => quote! {
            Self::#variant(held) => {
                members.put_text(#property, #mark);
                members.put(#content, held);
            }
        },
        (Holds::Value(_), _) => quote! { Self::#variant(held) => members.put(#mark, held), },
    }
}

/// A type that only one variant holds becomes that variant.
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
