//! The public methods of the crate and what their documentation says, read from its sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::examples::{calls, executed};
use syn::{Attribute, ImplItem, Item, ItemImpl, ReturnType, Type, UseTree, Visibility};

#[derive(Default)]
pub(crate) struct Source {
    methods: Vec<Method>,
    /// The documentation of each type.
    types: BTreeMap<String, Documentation>,
    /// The shortest public path of each type.
    paths: BTreeMap<String, String>,
}

struct Method {
    owner: String,
    name: String,
    documentation: Documentation,
    returns: Option<String>,
}

/// What documentation says that is of use here.
struct Documentation {
    /// The operations that it mentions.
    mentions: BTreeSet<String>,
    /// The code that is run.
    examples: Vec<String>,
}

impl Documentation {
    fn read(attributes: &[Attribute]) -> Self {
        let text = documentation(attributes);
        Self {
            mentions: mentions(&text),
            examples: executed(&text),
        }
    }

    fn has_example_of(&self, method: &str) -> bool {
        self.examples.iter().any(|code| calls(code, method))
    }
}

/// A method as the table shows it. One that makes further calls comes after one that makes a single call.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    calls: usize,
    /// `Apps::create`
    pub(crate) name: String,
    /// `crate::resources::Apps::create`
    pub(crate) path: String,
}

/// Where items are: the folder of child modules, and the public path, if there is one.
struct Place {
    folder: PathBuf,
    public: Option<String>,
}

impl Source {
    /// Reads a crate from its root file.
    pub(crate) fn read(root: &Path) -> Self {
        let mut source = Self::default();
        let place = Place {
            folder: root.parent().expect("a folder").to_owned(),
            public: Some("crate".to_owned()),
        };
        source.file(root, &place);
        source
    }

    /// The methods that call an operation, and those that make a builder that does.
    pub(crate) fn methods_of(&self, operation: &str) -> BTreeSet<Link> {
        self.calling(operation)
            .filter_map(|method| self.link(method))
            .collect()
    }

    /// Of these methods, those that have no example that is run, and whose builder has none with them either.
    pub(crate) fn without_example(&self, operation: &str) -> BTreeSet<String> {
        let without = self.calling(operation).filter(|method| {
            let built = self.built_by(method);
            !method.documentation.has_example_of(&method.name)
                && !built.is_some_and(|builder| builder.has_example_of(&method.name))
        });
        without
            .filter_map(|method| Some(self.link(method)?.name))
            .collect()
    }

    fn calling(&self, operation: &str) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(move |method| {
            let built = self.built_by(method);
            method.documentation.mentions.contains(operation)
                || built.is_some_and(|builder| builder.mentions.contains(operation))
        })
    }

    /// The documentation of the builder that a method returns.
    fn built_by(&self, method: &Method) -> Option<&Documentation> {
        let made = method.returns.as_ref();
        let made = made.filter(|made| **made != method.owner);
        made.and_then(|made| self.types.get(made))
    }

    fn link(&self, method: &Method) -> Option<Link> {
        let Method { owner, name, .. } = method;
        Some(Link {
            calls: method.documentation.mentions.len(),
            name: format!("{owner}::{name}"),
            path: format!("{}::{name}", self.paths.get(owner)?),
        })
    }

    fn file(&mut self, file: &Path, place: &Place) {
        let text = fs::read_to_string(file).expect("a source file");
        let parsed =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for item in parsed.items {
            self.item(&item, place);
        }
    }

    fn item(&mut self, item: &Item, place: &Place) {
        match item {
            Item::Mod(module) if !is_conditional(&module.attrs) => self.module(module, place),
            Item::Struct(of) => {
                self.types
                    .insert(of.ident.to_string(), Documentation::read(&of.attrs));
                self.publish(&of.ident.to_string(), &of.vis, place);
            }
            Item::Use(import) if is_public(&import.vis) => {
                for name in leaves(&import.tree) {
                    self.publish(&name, &import.vis, place);
                }
            }
            Item::Impl(block) if block.trait_.is_none() => self.methods(block),
            _ => {}
        }
    }

    fn module(&mut self, module: &syn::ItemMod, place: &Place) {
        let name = module.ident.to_string();
        let parent = place.public.as_ref().filter(|_| is_public(&module.vis));
        let inner = Place {
            folder: place.folder.join(&name),
            public: parent.map(|path| format!("{path}::{name}")),
        };
        match &module.content {
            Some((_, items)) => items.iter().for_each(|item| self.item(item, &inner)),
            None => {
                let [flat, nested] = [
                    place.folder.join(format!("{name}.rs")),
                    inner.folder.join("mod.rs"),
                ];
                self.file(if flat.exists() { &flat } else { &nested }, &inner);
            }
        }
    }

    fn publish(&mut self, name: &str, visibility: &Visibility, place: &Place) {
        let Some(module) = place.public.as_ref().filter(|_| is_public(visibility)) else {
            return;
        };
        let path = format!("{module}::{name}");
        let known = self
            .paths
            .entry(name.to_owned())
            .or_insert_with(|| path.clone());
        if path.len() < known.len() {
            *known = path;
        }
    }

    fn methods(&mut self, block: &ItemImpl) {
        let Some(owner) = type_name(&block.self_ty) else {
            return;
        };
        for item in &block.items {
            let ImplItem::Fn(method) = item else { continue };
            if is_public(&method.vis) && !is_conditional(&method.attrs) {
                self.methods.push(Method {
                    owner: owner.clone(),
                    name: method.sig.ident.to_string(),
                    documentation: Documentation::read(&method.attrs),
                    returns: match &method.sig.output {
                        ReturnType::Type(_, of) => type_name(of),
                        ReturnType::Default => None,
                    },
                });
            }
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Tests, and what is only there with a feature: a link to it would not hold without.
fn is_conditional(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg"))
}

fn type_name(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// The names that a `use` brings in.
fn leaves(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => leaves(&path.tree),
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(rename) => vec![rename.rename.to_string()],
        _ => Vec::new(),
    }
}

fn documentation(attributes: &[Attribute]) -> String {
    let texts = attributes.iter().filter_map(|attribute| {
        let pair = attribute
            .meta
            .require_name_value()
            .ok()
            .filter(|pair| pair.path.is_ident("doc"))?;
        match &pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        }
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The operation ids in parentheses that begin with one: (`App_GetApp`, then `App_UpdateApp`).
pub(crate) fn mentions(text: &str) -> BTreeSet<String> {
    let groups = text
        .split("(`")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let quoted = groups.flat_map(|group| group.split('`').step_by(2));
    quoted
        .filter(|word| is_operation(word))
        .map(str::to_owned)
        .collect()
}

/// Whether a word looks like `Tag_Operation`, and not like a field or a constant.
fn is_operation(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.contains('_')
        && word.contains(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
