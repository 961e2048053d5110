//! Rust names for the names in the documents. All identifiers of generated code are made here.
//!
//! A keyword gets an underscore. Two sources of one name are an error that names both, and so is a name that generated
//! code uses itself.

use std::collections::HashMap;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use crate::document::{PassError, pointer, walk::Node};

/// The name of the field that holds the alternative of an object.
pub const KIND: &str = "kind";

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A struct, enum or alias.
    Type,
    /// A variant of an enum.
    Variant,
    /// A field of a struct.
    Field,
    /// An operation.
    Function,
    /// A parameter of an operation.
    Argument,
    /// A kind of callback.
    Constant,
    /// A document, or the operations and types of a tag.
    Module,
}

/// Names that generated code uses itself, and what for.
const RESERVED: &[(NameKind, &str, &str)] = &[
    (
        NameKind::Type,
        "a type that generated code uses",
        "BTreeMap CallbackKind Clone Debug Default Eq From Hash Into JsonObject Map Number Option Ord PartialEq \
         PartialOrd Result Secret String Timestamp UnknownObject Value Vec",
    ),
    (
        NameKind::Variant,
        "the variant for what is not documented",
        "Unknown",
    ),
    (
        NameKind::Field,
        "the field for what is not documented",
        "extra",
    ),
    (
        NameKind::Constant,
        "a list that covers all kinds",
        "ALL SHARED_FIELDS",
    ),
    (
        NameKind::Function,
        "a function of every client",
        "api_version baseurl client exec inner new new_with_client post pre",
    ),
    (
        NameKind::Module,
        "a module or crate that generated code uses",
        "alloc core operations reqwest serde_json std triggers types",
    ),
];

/// Words of types and variants: as the documents write them, and as they are written here.
const WORDS: &[(&str, &str)] = &[
    ("Applebc", "AppleBusinessChat"),
    ("Kakaotalk", "KakaoTalk"),
    ("Kakaotalkchat", "KakaoTalkChat"),
    ("Viberbm", "ViberBusiness"),
    ("Wechat", "WeChat"),
    ("Whatsapp", "WhatsApp"),
];

/// Returns the name in Rust's style for its kind; `None` if it has neither a letter nor a digit.
pub fn identifier(kind: NameKind, name: &str) -> Option<String> {
    let plain = name.replace('\'', "");
    let plain = plain.replace(|character: char| !character.is_ascii_alphanumeric(), " ");
    let (cased, prefix) = match kind {
        NameKind::Type => (readable(&plain.to_upper_camel_case()), "X"),
        NameKind::Variant => (readable(&plain.to_upper_camel_case()), "Value"),
        NameKind::Field | NameKind::Module => (plain.to_snake_case(), "x"),
        NameKind::Constant => (plain.to_shouty_snake_case(), "X"),
        NameKind::Function | NameKind::Argument => (plain.to_snake_case(), "_"),
    };
    match cased.chars().next() {
        None if kind == NameKind::Variant => Some(prefix.to_owned()),
        None => None,
        Some('0'..='9') => Some(format!("{prefix}{cased}")),
        Some(_) if is_keyword(&cased) => Some(format!("{cased}_")),
        Some(_) => Some(cased),
    }
}

/// Returns the name with the words of [`WORDS`] replaced.
fn readable(name: &str) -> String {
    let mut readable = String::new();
    let mut rest = name;
    while !rest.is_empty() {
        let next = rest
            .char_indices()
            .skip(1)
            .find(|(_, character)| character.is_uppercase());
        let (word, after) = rest.split_at(next.map_or(rest.len(), |(start, _)| start));
        let known = WORDS.iter().find(|(written, _)| *written == word);
        readable.push_str(known.map_or(word, |(_, readable)| readable));
        rest = after;
    }
    readable
}

/// Returns the variant for a value. A documented value `UNKNOWN` gets the last word of `owner` as a suffix.
pub fn variant(value: &str, owner: &str) -> String {
    match identifier(NameKind::Variant, value).as_deref() {
        Some("Unknown") => {
            let word = owner.rfind(char::is_uppercase).unwrap_or(0);
            format!("Unknown{}", owner.get(word..).unwrap_or_default())
        }
        name => name.unwrap_or_default().to_owned(),
    }
}

/// Returns the module for a tag or document.
pub fn module(name: &str) -> String {
    identifier(NameKind::Module, name).unwrap_or_default()
}

/// Returns the function for an `operationId`.
pub fn function(id: &str) -> String {
    identifier(NameKind::Function, id).unwrap_or_default()
}

/// Returns the field for a property.
pub fn field(key: &str) -> String {
    identifier(NameKind::Field, key).unwrap_or_default()
}

fn is_keyword(name: &str) -> bool {
    // Reserved since edition 2024, but not yet in the parser.
    name == "gen" || syn::parse_str::<syn::Ident>(name).is_err()
}

/// Names in the same namespace, each of which may occur once.
#[derive(Debug, Clone)]
pub struct Scope {
    kind: NameKind,
    /// The source of each name.
    origins: HashMap<String, String>,
}

impl Scope {
    /// Makes a scope with the names that are reserved in every scope of that kind.
    pub fn new(kind: NameKind) -> Self {
        let mut scope = Self {
            kind,
            origins: HashMap::new(),
        };
        for (_, what, names) in RESERVED.iter().filter(|(reserved, ..)| *reserved == kind) {
            for name in names.split(' ') {
                scope.reserve(name, what);
            }
        }
        scope
    }

    /// Makes a scope with the types of a document.
    pub fn of_types(schemas: &Node) -> Result<Self, PassError> {
        let mut scope = Self::new(NameKind::Type);
        for name in schemas.keys() {
            scope.take(name.clone(), &pointer("/components/schemas", name))?;
        }
        Ok(scope)
    }

    /// Reserves a name for generated code itself.
    pub fn reserve(&mut self, name: &str, what: &str) {
        self.origins.insert(name.to_owned(), what.to_owned());
    }

    /// Returns whether a name is still free.
    pub fn is_free(&self, name: &str) -> bool {
        !self.origins.contains_key(name)
    }

    /// Makes the name for `name` of the document at `place`, and adds it.
    pub fn name(&mut self, name: &str, place: &str) -> Result<String, PassError> {
        let made = identifier(self.kind, name).ok_or_else(|| PassError {
            pointer: place.to_owned(),
            message: format!("expected a name with a letter or a digit, found {name:?}"),
            remedy: self.remedy().to_owned(),
        })?;
        self.take(made, place)
    }

    /// Adds a name that is valid Rust already.
    pub fn take(&mut self, name: String, place: &str) -> Result<String, PassError> {
        match self.origins.get(&name) {
            Some(other) => Err(PassError {
                pointer: place.to_owned(),
                message: format!("expected a unique Rust name, but {other} is also called {name}"),
                remedy: self.remedy().to_owned(),
            }),
            None => {
                self.origins.insert(name.clone(), place.to_owned());
                Ok(name)
            }
        }
    }

    fn remedy(&self) -> &'static str {
        match self.kind {
            NameKind::Type => "give it an x-rust-name with an overlay",
            NameKind::Variant => {
                "remove it with an overlay; received values are then Unknown, and kept"
            }
            NameKind::Field => {
                "remove it with an overlay; received values are then kept in `extra`"
            }
            NameKind::Function => "give the operation another operationId with an overlay",
            NameKind::Argument => "remove the parameter with an overlay",
            NameKind::Constant => {
                "give each key a trigger of its own in the overlay that sets x-triggers"
            }
            NameKind::Module => "give the operation another tag with an overlay",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_form_of_their_kind() {
        for (kind, name, expected) in [
            (NameKind::Type, "v2Template", Some("V2Template")),
            (NameKind::Type, "3d_secure", Some("X3dSecure")),
            (NameKind::Type, "Self", Some("Self_")),
            (NameKind::Type, "🦀", None),
            (NameKind::Variant, "digital-goods", Some("DigitalGoods")),
            (NameKind::Variant, "2x", Some("Value2x")),
            (NameKind::Variant, "SELF", Some("Self_")),
            (NameKind::Variant, "KAKAOTALKCHAT", Some("KakaoTalkChat")),
            (NameKind::Variant, "KAKAOTALKCHATS", Some("Kakaotalkchats")),
            (
                NameKind::Type,
                "wechat_credentials",
                Some("WeChatCredentials"),
            ),
            (
                NameKind::Field,
                "wechat_credentials",
                Some("wechat_credentials"),
            ),
            (NameKind::Variant, "-", Some("Value")),
            (NameKind::Field, "@type", Some("type_")),
            (NameKind::Field, "a\n    b", Some("a_b")),
            (
                NameKind::Function,
                "Contact_GetContact",
                Some("contact_get_contact"),
            ),
            (NameKind::Function, "it's", Some("its")),
            (NameKind::Argument, "gen", Some("gen_")),
            (
                NameKind::Module,
                "Project Settings",
                Some("project_settings"),
            ),
            (NameKind::Module, "mod", Some("mod_")),
            (NameKind::Module, "1x", Some("x1x")),
            (NameKind::Module, "", None),
        ] {
            assert_eq!(identifier(kind, name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_known_value_called_unknown_is_told_from_unknown_values() {
        assert_eq!(variant("UNKNOWN", "ReasonCode"), "UnknownCode");
        assert_eq!(variant("TELEGRAM", "Channel"), "Telegram");
    }

    #[test]
    fn a_collision_names_both_origins() {
        let mut scope = Scope::new(NameKind::Field);
        scope.name("a_b", "/a_b").expect("free");
        let fault = scope.name("aB", "/aB").expect_err("the same name");
        assert_eq!(fault.pointer, "/aB");
        assert!(fault.message.contains("/a_b"), "{}", fault.message);
        let fault = scope.name("extra", "/extra").expect_err("reserved");
        assert!(
            fault.message.contains("is not documented"),
            "{}",
            fault.message
        );
        let fault = scope.name("-", "/-").expect_err("no letter");
        assert!(fault.message.contains("a letter"), "{}", fault.message);
    }
}
