//! Shortens types to what a person would write: `Option<String>`, not full paths; and imports what that needs.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Path,
    visit::{self, Visit},
    visit_mut::VisitMut,
};

/// Shortens the paths of types that generated files import.
pub(super) struct Short {
    /// The prefix for types of the documents: none, or `types`.
    pub(super) types: Option<&'static str>,
}

impl VisitMut for Short {
    fn visit_path_mut(&mut self, path: &mut Path) {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let kept = match names.as_slice() {
            ["crate" | "super", "types", _] if self.types.is_some() => 2,
            ["std", "option" | "string" | "vec", _] => 1,
            _ if self.types.is_some() => path.segments.len(),
            ["crate", "types" | "wire", _] | ["std", "collections", _] => 1,
            ["serde_json", "Map" | "Value"] => 1,
            _ => path.segments.len(),
        };
        if kept < path.segments.len() {
            path.leading_colon = None;
            let skipped = path.segments.len() - kept;
            path.segments = path.segments.iter().skip(skipped).cloned().collect();
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}

/// Returns the imports that shortened code needs. `siblings` are the types in other files.
pub(crate) fn imports<'a>(
    code: &TokenStream,
    mut siblings: impl Iterator<Item = &'a String>,
) -> TokenStream {
    let mut used = FirstNames::default();
    if let Ok(file) = syn::parse2(code.clone()) {
        used.visit_file(&file);
    }
    let group = |module: TokenStream, names: &[&str]| {
        let names = names.iter().filter(|name| used.0.contains(**name));
        let names: Vec<Ident> = names.map(|name| format_ident!("{name}")).collect();
        (!names.is_empty()).then(|| quote!(use #module::{#(#names),*};))
    };
    let wire = [
        "JsonObject",
        "Number",
        "Secret",
        "Timestamp",
        "UnknownObject",
    ];
    let groups = [
        group(quote!(std::collections), &["BTreeMap"]),
        group(quote!(serde_json), &["Map", "Value"]),
        siblings.any(|name| used.0.contains(name)).then(|| {
            quote!(
                use super::*;
            )
        }),
        group(quote!(crate::wire), &wire),
    ];
    groups.into_iter().flatten().collect()
}

/// The first names of all paths.
#[derive(Default)]
struct FirstNames(HashSet<String>);

impl<'ast> Visit<'ast> for FirstNames {
    fn visit_path(&mut self, path: &'ast Path) {
        self.0
            .extend(path.segments.first().map(|name| name.ident.to_string()));
        visit::visit_path(self, path);
    }
}
