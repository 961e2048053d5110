//! Operations: progenitor's client and functions, without what the API does not ask for, grouped by tag.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::Value;
use syn::{Expr, ImplItem, ImplItemFn, Item, ItemImpl, Stmt, visit_mut::VisitMut};

use super::paths::Short;
use crate::{generate::Generated, names};

/// The code of one document.
pub struct Operations {
    /// Name of the document.
    pub document: String,
    /// The client and what belongs to it.
    pub client: TokenStream,
    /// The functions, by the snake-case name of their tag, in the order of the document.
    pub groups: Vec<(String, TokenStream)>,
}

/// Takes the client and the functions out of progenitor's code.
pub fn operations(normalised: &Value, generated: &Generated) -> Operations {
    let tags = tags(normalised, &generated.document);
    let mut client = TokenStream::new();
    let mut groups: Vec<(String, Vec<ImplItemFn>)> = Vec::new();
    for item in &generated.code.items {
        match item {
            Item::Struct(item) if item.ident == "Client" => {
                item.to_tokens(&mut client);
            }
            Item::Impl(block) if block.trait_.is_some() => block.to_tokens(&mut client),
            Item::Const(check) => check.to_tokens(&mut client),
            Item::Impl(block) => {
                for function in functions(block) {
                    match tags.get(&function.sig.ident.to_string()) {
                        Some(tag) => push(&mut groups, tag, tidy(function)),
                        None => constructor(function).to_tokens(&mut client),
                    }
                }
            }
            _ => {}
        }
    }
    let groups = groups
        .into_iter()
        .map(|(tag, functions)| {
            (
                tag,
                quote! { #[allow(clippy::all)] impl Client { #(#functions)* } },
            )
        })
        .collect();
    Operations {
        document: generated.document.clone(),
        client,
        groups,
    }
}

/// Function name to snake-case tag.
fn tags(normalised: &Value, document: &str) -> HashMap<String, String> {
    super::table::each(normalised)
        .filter(|operation| operation.document == document)
        .map(|operation| (operation.function, names::module(&operation.tag)))
        .collect()
}

fn functions(block: &ItemImpl) -> impl Iterator<Item = ImplItemFn> {
    block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function.clone()),
        _ => None,
    })
}

fn push(groups: &mut Vec<(String, Vec<ImplItemFn>)>, tag: &str, function: ImplItemFn) {
    match groups.iter_mut().find(|(known, _)| known == tag) {
        Some((_, functions)) => functions.push(function),
        None => groups.push((tag.to_owned(), vec![function])),
    }
}

/// `new` would panic where no TLS backend can be set up; `new_with_client` leaves that to the caller.
fn constructor(function: ImplItemFn) -> TokenStream {
    if function.sig.ident == "new" {
        return TokenStream::new();
    }
    quote! { impl Client { #function } }
}

fn tidy(mut function: ImplItemFn) -> ImplItemFn {
    Short {
        types: Some("types"),
    }
    .visit_impl_item_fn_mut(&mut function);
    function
        .block
        .stmts
        .retain(|statement| !is_about_headers(statement));
    NoHeaders.visit_block_mut(&mut function.block);
    function
}

/// Progenitor sends the version of the document as `api-version`, which this API does not know.
fn is_about_headers(statement: &Stmt) -> bool {
    let text = statement.to_token_stream().to_string();
    text.starts_with("let mut header_map") || text.starts_with("header_map .")
}

struct NoHeaders;

impl VisitMut for NoHeaders {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Expr::MethodCall(call) = expression
            && call.method == "headers"
        {
            *expression = (*call.receiver).clone();
        }
        syn::visit_mut::visit_expr_mut(self, expression);
    }
}
