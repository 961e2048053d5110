//! Operations: progenitor's functions, rewritten to build a request, grouped by tag.
//!
//! Names, arguments and types are progenitor's. Its functions send; these return the request, so that one client can
//! send them all.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{
    Expr, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, Item, Macro, PathArguments,
    ReturnType, Type, parse::Parser, punctuated::Punctuated, visit::Visit, visit_mut::VisitMut,
};

use super::{paths::Short, table::Row};
use crate::{generate::Generated, names};

/// The functions of one document.
pub struct Operations {
    /// The name of the document.
    pub document: String,
    /// The functions, by the snake-case name of their tag, in the order of the document.
    pub groups: Vec<(String, TokenStream)>,
}

/// Collects the functions from progenitor's code.
pub fn operations(normalised: &Value, generated: &Generated) -> Operations {
    let rows: Vec<Row> = super::table::each(normalised)
        .filter(|row| row.document == generated.document)
        .collect();
    let mut groups: Vec<(String, TokenStream)> = Vec::new();
    for function in functions(generated) {
        let name = function.sig.ident.to_string();
        let Some(row) = rows.iter().find(|row| row.function == name) else {
            continue;
        };
        let tag = names::module(&row.tag);
        let code = request(function, row);
        match groups.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, functions)) => functions.extend(code),
            None => groups.push((tag, code)),
        }
    }
    Operations {
        document: generated.document.clone(),
        groups,
    }
}

fn functions(generated: &Generated) -> impl Iterator<Item = &ImplItemFn> {
    let blocks = generated.code.items.iter().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => Some(block),
        _ => None,
    });
    blocks
        .flat_map(|block| &block.items)
        .filter_map(|item| match item {
            ImplItem::Fn(function) => Some(function),
            _ => None,
        })
}

/// Generates a function that builds the request which progenitor's function sends.
fn request(function: &ImplItemFn, row: &Row) -> TokenStream {
    let mut function = function.clone();
    Short {
        types: Some("types"),
    }
    .visit_impl_item_fn_mut(&mut function);
    let mut sent = Sent::default();
    sent.visit_block(&function.block);
    let docs = function.attrs.iter().filter(|it| it.path().is_ident("doc"));
    let name = &function.sig.ident;
    let deprecation = &row.deprecation;
    let arguments: Vec<TokenStream> = function.sig.inputs.iter().filter_map(argument).collect();
    let answer = answer(&function.sig.output);
    let id = format_ident!("{}", names::variant(&row.id, "Operation"));
    let path = sent.path.iter();
    let query = sent.query.iter().map(|(key, argument)| {
        let values = values(&function, argument);
        quote! { .query(#key, #values) }
    });
    let body = sent.body.then(|| quote! { .json(body) });
    quote! {
        #(#docs)*
        #deprecation
        pub fn #name(#(#arguments),*) -> Request<#answer> {
            Request::new(OperationId::#id, &[#(&#path),*]) #(#query)* #body
        }
    }
}

/// Returns an argument without the lifetime that a request does not need.
fn argument(input: &FnArg) -> Option<TokenStream> {
    let FnArg::Typed(argument) = input else {
        return None;
    };
    let mut argument = argument.clone();
    NoLifetimes.visit_pat_type_mut(&mut argument);
    Some(quote! { #argument })
}

fn named(input: &FnArg) -> Option<(String, &Type)> {
    match input {
        FnArg::Typed(argument) => match argument.pat.as_ref() {
            syn::Pat::Ident(name) => Some((name.ident.to_string(), &argument.ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// Returns the values of an argument: none, one or many.
fn values(function: &ImplItemFn, argument: &Ident) -> TokenStream {
    let mut inputs = function.sig.inputs.iter().filter_map(named);
    let ty = inputs.find(|(name, _)| argument == name).map(|(_, ty)| ty);
    let ty = ty.map(|ty| quote! { #ty }.to_string()).unwrap_or_default();
    match (ty.starts_with("Option <"), ty.contains("Vec <")) {
        (true, true) => quote! { #argument.into_iter().flatten() },
        (false, false) => quote! { [#argument] },
        _ => quote! { #argument },
    }
}

/// Returns the body type of the response: the `T` of `Result<ResponseValue<T>, _>`. A response without a documented
/// form may be empty, so its body is not decoded.
fn answer(output: &ReturnType) -> TokenStream {
    let ReturnType::Type(_, result) = output else {
        return quote! { () };
    };
    let inner = first_argument(result).and_then(first_argument);
    match inner {
        Some(ty) if !is_any_json(ty) => quote! { #ty },
        _ => quote! { () },
    }
}

fn is_any_json(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Value"))
}

fn first_argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

struct NoLifetimes;

impl VisitMut for NoLifetimes {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime = None;
        syn::visit_mut::visit_type_reference_mut(self, reference);
    }
}

/// What progenitor's function sends, and the arguments it comes from.
#[derive(Default)]
struct Sent {
    /// Arguments that go into the path, in its order.
    path: Vec<Ident>,
    /// Query parameters, each with its argument.
    query: Vec<(String, Ident)>,
    body: bool,
}

impl Visit<'_> for Sent {
    fn visit_macro(&mut self, call: &Macro) {
        if !call.path.is_ident("format") {
            return;
        }
        let parser = Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        let parts = parser.parse2(call.tokens.clone()).unwrap_or_default();
        self.path.extend(parts.iter().filter_map(encoded));
    }

    fn visit_expr_call(&mut self, call: &syn::ExprCall) {
        if let (Some(function), [Expr::Lit(key), value]) = (
            last_name(&call.func),
            call.args.iter().collect::<Vec<_>>().as_slice(),
        ) && function == "new"
            && let (syn::Lit::Str(key), Some(value)) = (&key.lit, name_in(value))
        {
            self.query.push((key.value(), value));
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        // Visits the receiver first, to keep the order of the query.
        syn::visit::visit_expr_method_call(self, call);
        self.body |= call.method == "json";
    }
}

/// Returns the argument in `encode_path(&argument.to_string())`.
fn encoded(part: &Expr) -> Option<Ident> {
    match part {
        Expr::Call(call) if last_name(&call.func)? == "encode_path" => match call.args.first()? {
            Expr::Reference(reference) => match reference.expr.as_ref() {
                Expr::MethodCall(call) => name_in(&call.receiver),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn last_name(function: &Expr) -> Option<String> {
    match function {
        Expr::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()),
        _ => None,
    }
}

fn name_in(value: &Expr) -> Option<Ident> {
    match value {
        Expr::Reference(reference) => name_in(&reference.expr),
        Expr::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    }
}
