//! Types are written as a person writes them: `Option<String>`, not by their full paths.

use syn::{Path, visit_mut::VisitMut};

/// Shortens the paths of types that every generated file imports.
pub(super) struct Short {
    /// What to put in front of types of the documents: nothing, or `types`.
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
