//! A table of all operations, for what has to know them at run time.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};

use crate::{names, normalise::walk};

/// One operation of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `operationId`.
    pub id: String,
    /// Name of the generated function.
    pub function: String,
    /// Name of the document.
    pub document: String,
    /// HTTP method in upper case.
    pub method: String,
    /// Path with its parameters in braces.
    pub path: String,
    /// First tag.
    pub tag: String,
    /// Whether doing it twice does no harm: by its method, or because an overlay says so.
    pub idempotent: bool,
}

/// The operations in the order of the documents.
pub fn each(normalised: &Value) -> impl Iterator<Item = Row> {
    let documents = normalised.get("paths").and_then(Value::as_object);
    documents
        .into_iter()
        .flatten()
        .flat_map(|(document, paths)| {
            paths
                .as_object()
                .into_iter()
                .flatten()
                .flat_map(move |(path, item)| {
                    let methods = item.as_object().into_iter().flatten();
                    methods.filter(|(method, _)| walk::is_method(method)).map(
                        move |(method, operation)| {
                            let id = operation
                                .get("operationId")
                                .and_then(Value::as_str)
                                .unwrap_or_default();
                            Row {
                                id: id.to_owned(),
                                function: names::function(id),
                                document: document.clone(),
                                method: method.to_uppercase(),
                                path: path.clone(),
                                tag: operation
                                    .pointer("/tags/0")
                                    .and_then(Value::as_str)
                                    .unwrap_or("other")
                                    .to_owned(),
                                idempotent: method != "post"
                                    || operation.get("x-idempotent") == Some(&json!(true)),
                            }
                        },
                    )
                })
        })
}

/// The table from which a macro makes the type of operations.
pub fn table(normalised: &Value) -> TokenStream {
    let rows = each(normalised).map(|row| {
        let Row {
            id,
            function,
            document,
            method,
            path,
            tag,
            idempotent,
        } = row;
        let name = format_ident!("{}", names::variant(&id, "Operation"));
        let function = format_ident!("{function}");
        let document = format_ident!("{}", names::variant(&document, "Document"));
        quote! { #name #id #function #document #method #path #tag #idempotent, }
    });
    quote! { crate::operation::operations! { #(#rows)* } }
}
