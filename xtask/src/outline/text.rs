//! The outline of the generated code: one line per operation, a few per type.

use std::fmt::Write as _;

use super::{Item, ItemKind, Part, items};
use crate::emit::Files;

/// The column at which a list continues on the next line.
const WIDTH: usize = 110;

/// Outlines the generated files of the raw crate: one line per operation, a few per type.
pub fn outline(files: &Files) -> Result<String, syn::Error> {
    let mut out = String::new();
    let mut section = "";
    let items = items(files).map_err(|(_, error)| error)?;
    for item in &items {
        let lines = lines(item);
        if item.section != section && !lines.is_empty() {
            section = &item.section;
            let _ = writeln!(out, "{section}");
        }
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
    }
    Ok(out)
}

fn lines(item: &Item) -> Vec<String> {
    let Item { name, parts, .. } = item;
    let own = || {
        let members = parts.iter();
        members.filter_map(|part| Some((part.member()?, part)))
    };
    match item.kind {
        ItemKind::Struct => {
            let fields = own().filter(|(field, _)| *field != "extra");
            let fields = fields.map(|(field, part)| format!("{field}: {}", part.types.join(", ")));
            wrapped(&format!("struct {name}"), fields)
        }
        ItemKind::Enum => {
            let variants = own().filter(|(variant, _)| *variant != "Unknown");
            let variants = variants.map(|(variant, part)| match part.types.first() {
                Some(held) if variant != held => format!("{variant}({held})"),
                Some(_) => format!("{variant}(_)"),
                None => variant.to_owned(),
            });
            wrapped(&format!("enum {name}"), variants)
        }
        ItemKind::Alias => vec![format!("type {name} = {}", parts_shown(parts))],
        ItemKind::Function => vec![format!("{name}{}", parts_shown(parts))],
        ItemKind::Addition if name == "CallbackKind" => {
            let constants = own().filter(|(_, part)| part.types == ["Self"]);
            wrapped(
                &format!("constants of {name}"),
                constants.map(|(constant, _)| constant.to_owned()),
            )
        }
        ItemKind::Addition => Vec::new(),
    }
}

fn parts_shown(parts: &[Part]) -> String {
    parts.iter().map(Part::shown).collect()
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
    use crate::emit::CRATE_FOLDER;

    #[test]
    fn tells_operations_and_types() {
        let code = "
            #[derive(Clone)]
            pub struct A { pub b: Option<String>, pub extra: JsonObject }
            impl A { pub fn new(b: impl Into<String>) -> Self { x } }
            pub enum C { D, A(A), Text(String), Unknown(String) }
            impl CallbackKind { pub const E: Self = x; pub const ALL: &'static [Self] = x; }
            pub fn get_a(id: &str, with: Option<&types::C>) -> Request<types::A> { x }";
        let files = Files::from([(format!("{CRATE_FOLDER}/part.rs"), code.to_owned())]);
        assert_eq!(
            outline(&files).expect("it parses"),
            "part\n  struct A\n      b: Option<String>\n  enum C\n      D, A(_), Text(String)\n  \
             constants of CallbackKind\n      E\n  get_a(id: &str, with: Option<&C>) -> A\n"
        );
    }
}
