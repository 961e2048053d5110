//! Structs: progenitor's fields in the order of the document, with `extra`, a constructor and a JSON form.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};
use syn::{Field, Ident, Item, ItemStruct, Type, visit_mut::VisitMut};

use super::{docs, paths::Short};
use crate::{
    document::{
        DocumentError,
        walk::{Node, referenced},
    },
    generate::Generated,
    names::{self, KIND},
};

/// Progenitor's structs by name.
pub(super) type Structs<'a> = HashMap<String, &'a ItemStruct>;

/// Returns the structs in the `types` module, which is the same in every run.
pub(super) fn structs_of(generated: &[Generated]) -> Structs<'_> {
    let types = generated
        .iter()
        .flat_map(|generated| &generated.code.items)
        .find_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
            _ => None,
        });
    types
        .into_iter()
        .flat_map(|(_, items)| items)
        .filter_map(|item| match item {
            Item::Struct(item) => Some((item.ident.to_string(), item)),
            _ => None,
        })
        .collect()
}

/// Generates an alias of a type.
pub(super) fn alias(name: &str, schema: &Value, item: &ItemStruct) -> TokenStream {
    let name_ident = format_ident!("{name}");
    let said = match referenced(schema) {
        Some(target) => format!("The same alternatives as `{target}`."),
        None => docs::of_type(name, schema),
    };
    let docs = docs::comment(&said);
    let inner = item.fields.iter().next().map(|field| short(&field.ty));
    quote! { #docs pub type #name_ident = #inner; }
}

/// A field of a struct.
struct Member {
    key: String,
    ident: Ident,
    ty: Type,
    required: bool,
    constant: Option<String>,
    form: JsonForm,
    docs: TokenStream,
}

/// The JSON forms in which a field is decoded.
enum JsonForm {
    /// As its type.
    Documented,
    /// As its type, and in an object of this one key too.
    Wrapped(String),
    /// As its type, which nothing published backs, or else as an unknown field.
    Unverified,
}

impl JsonForm {
    fn of(property: &Value, required: bool) -> Self {
        let wrapper = property.get("x-bare").and_then(Value::as_str);
        match wrapper {
            Some(wrapper) => Self::Wrapped(wrapper.to_owned()),
            None if !required && property.get("x-unverified") == Some(&json!(true)) => {
                Self::Unverified
            }
            None => Self::Documented,
        }
    }
}

/// Generates a struct with its implementations.
pub(super) fn write(
    name: &str,
    schema: &Value,
    item: &ItemStruct,
    schemas: &Node,
) -> Result<TokenStream, DocumentError> {
    let members = members(name, schema, item, schemas)?;
    let kind = kind_of(schema);
    let name_ident = format_ident!("{name}");
    let docs = docs::comment(&docs::of_type(name, schema));
    let fields = members.iter().map(
        |Member {
             ident, ty, docs, ..
         }| quote! { #docs pub #ident: #ty, },
    );
    let kind_field = kind.as_ref().map(|union| {
        quote! {
            /// The alternative, with its content.
            pub kind: #union,
        }
    });
    let plain = kind.is_none() && members.iter().all(|member| !member.required);
    let derive_default = plain.then(|| quote! { , Default });
    let constructor = (!plain).then(|| constructor(&name_ident, &members, kind.as_ref()));
    let json = json_form(&name_ident, &members, kind.as_ref());
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq #derive_default)]
        #[non_exhaustive]
        pub struct #name_ident {
            #(#fields)*
            #kind_field
            /// Undocumented fields, and those that were `null`.
            pub extra: JsonObject,
        }

        #constructor
        #json
    })
}

fn kind_of(schema: &Value) -> Option<Ident> {
    let union = referenced(schema.get("x-alternatives")?)?;
    Some(format_ident!("{union}"))
}

fn members(
    name: &str,
    schema: &Value,
    item: &ItemStruct,
    schemas: &Node,
) -> Result<Vec<Member>, DocumentError> {
    let generated: HashMap<String, &Field> = item
        .fields
        .iter()
        .map(|field| (key_of(field), field))
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .map(|(key, property)| {
            let field = generated.get(key).ok_or_else(|| DocumentError {
                origin: "all documents".to_owned(),
                pointer: format!("/components/schemas/{name}/properties/{key}"),
                message: "expected progenitor to make a field of it, but it made none".to_owned(),
                remedy: "look at the schema; a normaliser pass may have to give it another form"
                    .to_owned(),
            })?;
            let required = is_required(schema, key);
            Ok(Member {
                key: key.clone(),
                ident: format_ident!("{}", names::field(key)),
                ty: if required {
                    short(&field.ty)
                } else {
                    optional(&field.ty)
                },
                required,
                constant: property
                    .get("x-const")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                form: JsonForm::of(property, required),
                docs: {
                    let comment = docs::comment(&docs::of_property(key, property, schemas));
                    let target = referenced(property).and_then(|name| schemas.get(name));
                    let deprecation = docs::deprecation(&[Some(property), target]);
                    quote! { #comment #deprecation }
                },
            })
        })
        .collect()
}

fn is_required(schema: &Value, key: &str) -> bool {
    schema
        .get("required")
        .and_then(Value::as_array)
        .is_some_and(|required| required.contains(&json!(key)))
}

/// Returns the JSON key of a field: serde's `rename`, or else its name.
fn key_of(field: &Field) -> String {
    let mut key = field
        .ident
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    for attribute in field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        // Other serde settings are irrelevant, but each has to be parsed to get past it.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.input.peek(syn::Token![=]) {
                let value: syn::LitStr = meta.value()?.parse()?;
                if meta.path.is_ident("rename") {
                    key = value.value();
                }
            }
            Ok(())
        });
    }
    key.trim_start_matches("r#").to_owned()
}

fn short(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Short { types: None }.visit_type_mut(&mut ty);
    ty
}

/// Makes lists and maps optional like everything else, since an absent list is not an empty one.
fn optional(ty: &Type) -> Type {
    let ty = short(ty);
    if outer_name(&ty) == "Option" {
        ty
    } else {
        syn::parse_quote! { Option<#ty> }
    }
}

fn outer_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// Generates `new`, which takes the required fields, in the order of the document, and sets those with only one
/// possible value.
fn constructor(name: &Ident, members: &[Member], kind: Option<&Ident>) -> TokenStream {
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for Member {
        ident,
        ty,
        required,
        constant,
        ..
    } in members
    {
        match (required, constant) {
            (true, Some(constant)) => values.push(quote! { #ident: #constant.to_owned() }),
            (true, None) if takes_into(ty) => {
                arguments.push(quote! { #ident: impl Into<#ty> });
                values.push(quote! { #ident: #ident.into() });
            }
            (true, None) => {
                arguments.push(quote! { #ident: #ty });
                values.push(quote! { #ident });
            }
            (false, _) => values.push(quote! { #ident: None }),
        }
    }
    if let Some(union) = kind {
        let kind = format_ident!("{KIND}");
        arguments.push(quote! { #kind: impl Into<#union> });
        values.push(quote! { #kind: #kind.into() });
    }
    let default = arguments.is_empty().then(|| {
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    });
    quote! {
        impl #name {
            /// Creates a value with the required fields only.
            pub fn new(#(#arguments),*) -> Self {
                Self {
                    #(#values,)*
                    extra: JsonObject::default(),
                }
            }
        }
        #default
    }
}

/// Returns whether an argument is worth a conversion: numbers, lists and maps are not.
fn takes_into(ty: &Type) -> bool {
    !matches!(
        outer_name(ty).as_str(),
        "i32" | "i64" | "bool" | "Vec" | "BTreeMap" | "Map"
    )
}

/// Generates the table from which a macro makes the JSON form.
fn json_form(name: &Ident, members: &[Member], kind: Option<&Ident>) -> TokenStream {
    let rows = members.iter().map(
        |Member {
             key,
             ident,
             required,
             form,
             ..
         }| match (form, required) {
            (JsonForm::Wrapped(wrapper), _) => quote! { #key #ident unwrapped #wrapper, },
            (JsonForm::Unverified, _) => quote! { #key #ident unverified, },
            (JsonForm::Documented, true) => quote! { #key #ident required, },
            (JsonForm::Documented, false) => quote! { #key #ident optional, },
        },
    );
    quote! { crate::wire::object! { #name #kind; #(#rows)* } }
}
