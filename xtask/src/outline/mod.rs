//! The public items of the generated code, read from the files themselves, and a short outline of them.

mod text;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Fields, FnArg, GenericArgument, ImplItem, Item as Code, PathArguments, ReturnType,
    Signature, Type, Visibility,
};

use crate::emit::{CRATE_FOLDER, Files};

pub use text::outline;

/// The kind of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemKind {
    /// A struct with named fields.
    Struct,
    /// An enum.
    Enum,
    /// An alias of a type.
    Alias,
    /// A function that builds a request.
    Function,
    /// What an `impl` or a table adds to a type.
    Addition,
}

/// An item of the generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item {
    /// The file, without its folder and ending: `types/app`.
    pub section: String,
    /// The kind of item.
    pub kind: ItemKind,
    /// Its name, or that of the type it adds to.
    pub name: String,
    /// Whether fields or variants can be added without breaking users.
    pub is_open: bool,
    /// Its fields, variants, functions and traits, in the order of the code.
    pub parts: Vec<Part>,
}

/// A named part of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// `.id`, `::Variant`, `::new`, `: Default`; empty for the item itself.
    pub name: String,
    /// Whether it is a function.
    pub is_function: bool,
    /// Names of arguments.
    pub arguments: Vec<String>,
    /// The types of the arguments and of the result, or the type of a field.
    pub types: Vec<String>,
}

/// Reads the generated files of the raw crate. The error names the file that is not valid Rust.
pub fn items(files: &Files) -> Result<Vec<Item>, (String, syn::Error)> {
    let mut items = Vec::new();
    for (path, text) in files {
        let inside = path.strip_prefix(CRATE_FOLDER);
        let Some(section) = inside.and_then(|path| path.strip_prefix('/')) else {
            continue;
        };
        let section = section.trim_end_matches(".rs");
        let file = syn::parse_file(text).map_err(|error| (path.clone(), error))?;
        items.extend(file.items.iter().filter_map(|code| item(section, code)));
    }
    Ok(items)
}

fn item(section: &str, code: &Code) -> Option<Item> {
    let (kind, name, attributes, parts) = match code {
        Code::Struct(code) => {
            let Fields::Named(fields) = &code.fields else {
                return None;
            };
            let fields = fields.named.iter().filter_map(|field| {
                let name = field.ident.as_ref()?;
                Some(Part::new(format!(".{name}"), vec![written(&field.ty)]))
            });
            (
                ItemKind::Struct,
                code.ident.to_string(),
                &code.attrs[..],
                fields.collect(),
            )
        }
        Code::Enum(code) => {
            let variants = code.variants.iter().map(|variant| {
                let held = variant.fields.iter().map(|field| written(&field.ty));
                Part::new(format!("::{}", variant.ident), held.collect())
            });
            (
                ItemKind::Enum,
                code.ident.to_string(),
                &code.attrs[..],
                variants.collect(),
            )
        }
        Code::Type(code) => {
            let target = Part::new(String::new(), vec![written(&code.ty)]);
            (
                ItemKind::Alias,
                code.ident.to_string(),
                &[][..],
                vec![target],
            )
        }
        Code::Fn(code) => {
            let part = function(String::new(), &code.sig);
            (
                ItemKind::Function,
                code.sig.ident.to_string(),
                &[][..],
                vec![part],
            )
        }
        Code::Impl(code) => {
            let parts = match &code.trait_ {
                Some((path, _)) => {
                    vec![Part::new(format!(": {}", tidy(path)), Vec::new())]
                }
                None => code.items.iter().filter_map(addition).collect(),
            };
            (ItemKind::Addition, written(&code.self_ty), &[][..], parts)
        }
        Code::Macro(code) if code.mac.path.segments.last()?.ident == "operations" => {
            let parts = first_of_rows(code.mac.tokens.clone());
            (ItemKind::Addition, "OperationId".to_owned(), &[][..], parts)
        }
        _ => return None,
    };
    let derived = attributes.iter().flat_map(derives);
    Some(Item {
        section: section.to_owned(),
        kind,
        name,
        is_open: attributes
            .iter()
            .any(|attribute| attribute.path().is_ident("non_exhaustive")),
        parts: parts.into_iter().chain(derived).collect(),
    })
}

impl Part {
    fn new(name: String, types: Vec<String>) -> Self {
        Self {
            name,
            is_function: false,
            arguments: Vec::new(),
            types,
        }
    }

    /// Returns the name of a field, variant, function or constant.
    pub fn member(&self) -> Option<&str> {
        self.name
            .strip_prefix("::")
            .or_else(|| self.name.strip_prefix('.'))
    }
}

/// Returns a public function or constant of a type.
fn addition(item: &ImplItem) -> Option<Part> {
    match item {
        ImplItem::Fn(code) if matches!(code.vis, Visibility::Public(_)) => {
            Some(function(format!("::{}", code.sig.ident), &code.sig))
        }
        ImplItem::Const(code) if matches!(code.vis, Visibility::Public(_)) => Some(Part::new(
            format!("::{}", code.ident),
            vec![written(&code.ty)],
        )),
        _ => None,
    }
}

fn function(name: String, signature: &Signature) -> Part {
    let mut part = Part {
        is_function: true,
        ..Part::new(name, Vec::new())
    };
    for input in &signature.inputs {
        match input {
            FnArg::Typed(argument) => {
                part.arguments.push(tidy(&argument.pat));
                part.types.push(written(&argument.ty));
            }
            FnArg::Receiver(_) => part.types.push("self".to_owned()),
        }
    }
    part.types.push(match &signature.output {
        ReturnType::Type(_, returned) => written(first_argument(returned).unwrap_or(returned)),
        ReturnType::Default => "()".to_owned(),
    });
    part
}

fn derives(attribute: &Attribute) -> Vec<Part> {
    let mut derived = Vec::new();
    if attribute.path().is_ident("derive") {
        // The generator writes each derive itself; an invalid one would not compile.
        let _ = attribute.parse_nested_meta(|meta| {
            derived.push(Part::new(format!(": {}", tidy(&meta.path)), Vec::new()));
            Ok(())
        });
    }
    derived
}

/// Returns the name at the start of each row of a table.
fn first_of_rows(table: TokenStream) -> Vec<Part> {
    let mut is_start = true;
    let mut parts = Vec::new();
    for token in table {
        if is_start {
            parts.push(Part::new(format!("::{token}"), Vec::new()));
        }
        is_start = matches!(&token, TokenTree::Punct(comma) if comma.as_char() == ',');
    }
    parts
}

/// Returns the first argument of a generic type.
fn first_argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn written(ty: &Type) -> String {
    tidy(ty)
        .replace("types::", "")
        .replace("crate::wire::", "")
        .replace("::serde_json::", "")
}

fn tidy(code: &impl ToTokens) -> String {
    code.to_token_stream()
        .to_string()
        .replace("& ", "&")
        .replace(" :: ", "::")
        .replace(":: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace("> >", ">>")
}

impl Part {
    /// Formats its type, or its arguments and result.
    pub fn shown(&self) -> String {
        match self.types.split_last() {
            Some((returned, arguments)) if self.is_function => {
                let arguments: Vec<String> = self
                    .arguments
                    .iter()
                    .zip(arguments)
                    .map(|(name, ty)| format!("{name}: {ty}"))
                    .collect();
                format!("({}) -> {returned}", arguments.join(", "))
            }
            _ => self.types.join(", "),
        }
    }
}
