//! A table of all operations, for what has to know them at run time.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

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
                            }
                        },
                    )
                })
        })
}

/// The table as code.
pub fn table(normalised: &Value) -> TokenStream {
    let rows = each(normalised).map(|row| {
        let Row {
            id,
            function,
            document,
            method,
            path,
            tag,
        } = row;
        quote! {
            Operation {
                id: #id,
                function: #function,
                document: #document,
                method: #method,
                path: #path,
                tag: #tag,
            }
        }
    });
    quote! {
        /// Every operation of every document, in the order of the documents.
        pub static OPERATIONS: &[Operation] = &[#(#rows),*];
    }
}
