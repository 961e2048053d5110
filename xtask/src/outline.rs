//! The public face of the generated code in few words: a line an operation, a few a type.
//!
//! It is read from the files themselves, so it also tells whether they are what a reviewer thinks they are.

use std::{collections::BTreeMap, fmt::Write as _};

use quote::ToTokens;
use syn::{Fields, FnArg, GenericArgument, Item, ItemFn, PathArguments, ReturnType, Type};

use crate::emit::{CRATE_FOLDER, Files};

/// Columns after which a list goes on in the next line.
const WIDTH: usize = 110;

/// Outlines the generated files of the raw crate.
pub fn outline(files: &Files) -> Result<String, syn::Error> {
    let mut out = String::new();
    let mut sections: BTreeMap<&str, Vec<Item>> = BTreeMap::new();
    for (path, text) in files {
        let Some(section) = path
            .strip_prefix(CRATE_FOLDER)
            .and_then(|path| path.strip_prefix('/'))
        else {
            continue;
        };
        let section = section.trim_end_matches(".rs");
        sections
            .entry(section)
            .or_default()
            .extend(syn::parse_file(text)?.items);
    }
    for (section, items) in sections {
        let lines: Vec<String> = items.iter().flat_map(item).collect();
        if !lines.is_empty() {
            let _ = writeln!(out, "{section}");
            for line in lines {
                let _ = writeln!(out, "  {line}");
            }
        }
    }
    Ok(out)
}

fn item(item: &Item) -> Vec<String> {
    match item {
        Item::Struct(item) if item.ident != "Client" => {
            let Fields::Named(fields) = &item.fields else {
                return Vec::new();
            };
            let fields = fields.named.iter().filter_map(|field| {
                let name = field.ident.as_ref()?.to_string();
                (name != "extra").then(|| format!("{name}: {}", written(&field.ty)))
            });
            wrapped(&format!("struct {}", item.ident), fields)
        }
        Item::Enum(item) => {
            let variants = item
                .variants
                .iter()
                .filter(|variant| variant.ident != "Unknown");
            let variants = variants.map(|variant| {
                let held: Vec<String> = variant
                    .fields
                    .iter()
                    .map(|field| written(&field.ty))
                    .collect();
                match held.first() {
                    Some(held) if variant.ident != held => {
                        format!("{}({held})", variant.ident)
                    }
                    Some(_) => format!("{}(_)", variant.ident),
                    None => variant.ident.to_string(),
                }
            });
            wrapped(&format!("enum {}", item.ident), variants)
        }
        Item::Type(item) => vec![format!("type {} = {}", item.ident, written(&item.ty))],
        Item::Fn(function) => operation(function).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn operation(function: &ItemFn) -> Option<String> {
    let arguments: Vec<String> = function
        .sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(argument) => Some(format!(
                "{}: {}",
                argument.pat.to_token_stream(),
                written(&argument.ty)
            )),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let ReturnType::Type(_, returned) = &function.sig.output else {
        return None;
    };
    let success = inner(returned)?;
    Some(format!(
        "{}({}) -> {}",
        function.sig.ident,
        arguments.join(", "),
        written(success)
    ))
}

/// The first argument of a generic type.
fn inner(ty: &Type) -> Option<&Type> {
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
    ty.to_token_stream()
        .to_string()
        .replace("& ", "&")
        .replace("types :: ", "")
        .replace("crate :: wire :: ", "")
        .replace(":: serde_json :: ", "")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace("> >", ">>")
}

fn wrapped(head: &str, parts: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines = vec![head.to_owned()];
    let mut line = String::new();
    for part in parts {
        if !line.is_empty() && line.len() + part.len() + 2 > WIDTH {
            lines.push(format!("    {line},"));
            line.clear();
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(&part);
    }
    if !line.is_empty() {
        lines.push(format!("    {line}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_operations_and_types() {
        let code = "
            pub struct A { pub b: Option<String>, pub extra: JsonObject }
            pub enum C { D, A(A), Text(String), Unknown(String) }
            pub fn get_a(id: &str, with: Option<&types::C>) -> Request<types::A> { x }";
        let files = Files::from([(format!("{CRATE_FOLDER}/part.rs"), code.to_owned())]);
        assert_eq!(
            outline(&files).expect("it parses"),
            "part\n  struct A\n      b: Option<String>\n  enum C\n      D, A(_), Text(String)\n  get_a(id: &str, with: Option<&C>) -> A\n"
        );
    }
}
