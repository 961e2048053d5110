//! The kinds of change, and what each does to a caller.

/// What a change asks of a program that calls the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// The program keeps compiling and keeps its behaviour.
    Compatible,
    /// The program may have to be changed.
    Breaking,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $impact:ident, $phrase:literal;)*) => {
        /// What happened at one place; [`Kind::impact`] follows from it alone.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every kind, in the order of the table in the [module](super) documentation.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The kind in words, as the Markdown says it.
            pub fn phrase(self) -> &'static str {
                match self {
                    $(Self::$kind => $phrase,)*
                }
            }

            /// Whether it breaks a caller.
            pub fn impact(self) -> Impact {
                match self {
                    $(Self::$kind => Impact::$impact,)*
                }
            }
        }
    };
}

kinds! {
    /// An operation id that the old document lacks.
    OperationAdded: Compatible, "operation added";
    /// An operation id that the new document lacks.
    OperationRemoved: Breaking, "operation removed";
    /// The same operation id under another method or path.
    OperationMoved: Compatible, "method or path changed";
    /// A parameter, required or not.
    ParameterAdded: Breaking, "parameter added";
    /// A parameter, required or not.
    ParameterRemoved: Breaking, "parameter removed";
    /// The path names its parameters in another order.
    ParametersReordered: Breaking, "path parameters reordered";
    /// `style`, `explode` or `allowReserved` of a parameter.
    ParameterStyleChanged: Compatible, "parameter encoding changed";
    /// A request body where there was none.
    BodyAdded: Breaking, "request body added";
    /// A request body that is gone.
    BodyRemoved: Breaking, "request body removed";
    /// The media types of the request body.
    BodyMediaTypeChanged: Breaking, "request media type changed";
    /// The success responses: which there are, or what media types they have.
    SuccessChanged: Breaking, "success response changed";
    /// The status of the one success response.
    SuccessStatusChanged: Compatible, "success status changed";
    /// An error response added, removed or changed.
    ErrorChanged: Compatible, "error response changed";
    /// Who may call: `security` or `securitySchemes`.
    SecurityChanged: Compatible, "security changed";
    /// Where the API is served.
    ServersChanged: Compatible, "servers changed";
    /// Calls that the server makes: `callbacks` or `webhooks`.
    CallbacksChanged: Compatible, "callbacks changed";
    /// A component schema that the old document lacks.
    SchemaAdded: Compatible, "schema added";
    /// A component schema that the new document lacks.
    SchemaRemoved: Breaking, "schema removed";
    /// A component schema with the same structure under another name.
    SchemaRenamed: Breaking, "schema renamed";
    /// A field that has to be given.
    RequiredFieldAdded: Breaking, "required field added";
    /// A field that may be left out.
    OptionalFieldAdded: Compatible, "optional field added";
    /// A field, required or not.
    FieldRemoved: Breaking, "field removed";
    /// Required became optional, or optional required.
    RequirednessChanged: Breaking, "requiredness changed";
    /// Another Rust type.
    TypeChanged: Breaking, "type changed";
    /// Another `format` for the same Rust type.
    FormatChanged: Compatible, "format changed";
    /// `null` allowed or refused where a value has to be given.
    NullabilityChanged: Breaking, "null allowed or refused";
    /// `null` allowed or refused in an optional field.
    OptionalNullabilityChanged: Compatible, "null allowed or refused in an optional field";
    /// Values of an enum.
    ValuesAdded: Compatible, "enum values added";
    /// Values of an enum.
    ValuesRemoved: Breaking, "enum values removed";
    /// Alternatives of a union.
    MembersAdded: Compatible, "union members added";
    /// Alternatives of a union.
    MembersRemoved: Breaking, "union members removed";
    /// `oneOf` became `anyOf`, or the other way round.
    UnionFormChanged: Breaking, "kind of union changed";
    /// The tag that tells the members of a union apart.
    DiscriminatorChanged: Compatible, "discriminator changed";
    /// Fields beside the named ones allowed or refused.
    UnknownFieldsChanged: Compatible, "unknown fields allowed or refused";
    /// A length, count, range or pattern.
    LimitChanged: Compatible, "limit changed";
    /// The value that the server assumes.
    DefaultChanged: Compatible, "default changed";
    /// `deprecated` set or taken back.
    DeprecationChanged: Compatible, "deprecation changed";
    /// `readOnly` or `writeOnly`.
    AccessChanged: Compatible, "access changed";
    /// A keyword of JSON Schema that this comparison does not interpret.
    KeywordChanged: Breaking, "other keyword changed";
}
