//! The kinds of change that a document can make.

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $effect:ident, $phrase:literal;)*) => {
        /// What happened at one place of a document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// The kind in words, as the Markdown says it.
            pub fn phrase(self) -> &'static str {
                match self {
                    $(Self::$kind => $phrase,)*
                }
            }

            /// What it does to a program that still compiles.
            pub fn effect(self) -> Impact {
                match self {
                    $(Self::$kind => Impact::$effect,)*
                }
            }
        }
    };
}

/// What a change asks of a program that uses the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Impact {
    /// It compiles and works as before.
    Compatible,
    /// It compiles, and the server may answer otherwise, or no longer accept what it sends.
    Behaviour,
    /// It may no longer compile, or mean something else.
    Breaking,
}

kinds! {
    /// An operation id that the old document lacks.
    OperationAdded: Compatible, "operation added";
    /// An operation id that the new document lacks.
    OperationRemoved: Behaviour, "operation removed";
    /// The same operation under another id.
    OperationRenamed: Behaviour, "operation renamed";
    /// The same operation id under another method or path.
    OperationMoved: Compatible, "method or path changed";
    /// A parameter, required or not.
    ParameterAdded: Compatible, "parameter added";
    /// A parameter, required or not.
    ParameterRemoved: Behaviour, "parameter removed";
    /// The path names its parameters in another order.
    ParametersReordered: Compatible, "path parameters reordered";
    /// A request body where there was none.
    BodyAdded: Behaviour, "request body added";
    /// A request body that is gone.
    BodyRemoved: Behaviour, "request body removed";
    /// What a success answers with.
    AnswerChanged: Behaviour, "success response changed";
    /// A status added, removed, or with another body.
    StatusChanged: Compatible, "response changed";
    /// Who may call: `security` or `securitySchemes`. The client signs requests, not the caller.
    SecurityChanged: Compatible, "security changed";
    /// Where the API is served. The client knows the hosts, not the caller.
    ServersChanged: Compatible, "servers changed";
    /// Calls that the server makes: `callbacks` or `webhooks`. No function is made of them.
    CallbacksChanged: Compatible, "callbacks changed";
    /// A type that the old document lacks.
    SchemaAdded: Compatible, "schema added";
    /// A type that the new document lacks.
    SchemaRemoved: Behaviour, "schema removed";
    /// The same type under another name.
    SchemaRenamed: Compatible, "schema renamed";
    /// A field that has to be given.
    RequiredFieldAdded: Behaviour, "required field added";
    /// A field that may be left out.
    OptionalFieldAdded: Compatible, "optional field added";
    /// A field, required or not.
    FieldRemoved: Behaviour, "field removed";
    /// Required became optional, or optional required.
    RequirednessChanged: Behaviour, "requiredness changed";
    /// Another type.
    TypeChanged: Behaviour, "type changed";
    /// Another `format` of the same type.
    FormatChanged: Behaviour, "format changed";
    /// `null` allowed or refused.
    NullabilityChanged: Behaviour, "null allowed or refused";
    /// Values of an enum.
    ValuesAdded: Compatible, "enum values added";
    /// Values of an enum.
    ValuesRemoved: Behaviour, "enum values removed";
    /// Alternatives of a union.
    MembersAdded: Compatible, "union members added";
    /// Alternatives of a union.
    MembersRemoved: Behaviour, "union members removed";
    /// What tells the alternatives of a union apart.
    DiscriminatorChanged: Behaviour, "discriminator changed";
    /// A length, count, range or pattern that refuses what was accepted.
    LimitTightened: Behaviour, "limit tightened";
    /// A length, count, range or pattern that refuses nothing that was accepted.
    LimitLoosened: Compatible, "limit loosened";
    /// The value that the server assumes.
    DefaultChanged: Behaviour, "default changed";
    /// The one value that a field can have.
    ConstantChanged: Behaviour, "only value changed";
    /// `deprecated` set or taken back.
    DeprecationChanged: Compatible, "deprecation changed";
    /// `readOnly` or `writeOnly`.
    AccessChanged: Behaviour, "access changed";
}

impl Kind {
    /// Whether it leaves the type as it is, so that no item of the crate shows it.
    pub(super) fn is_beside(self) -> bool {
        use Kind::*;
        matches!(
            self,
            OperationMoved
                | StatusChanged
                | SecurityChanged
                | ServersChanged
                | CallbacksChanged
                | DiscriminatorChanged
                | LimitTightened
                | LimitLoosened
                | DefaultChanged
                | ConstantChanged
                | DeprecationChanged
                | AccessChanged
        )
    }
}
