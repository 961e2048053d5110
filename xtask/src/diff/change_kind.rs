//! The kinds of change to a document.

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $effect:ident, $phrase:literal;)*) => {
        /// A kind of change at one place of a document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ChangeKind {
            $($(#[$doc])* $kind,)*
        }

        impl ChangeKind {
            /// Returns the kind in words, for the report.
            pub fn phrase(self) -> &'static str {
                match self {
                    $(Self::$kind => $phrase,)*
                }
            }

            /// Returns its impact on a program that still compiles.
            pub fn effect(self) -> Impact {
                match self {
                    $(Self::$kind => Impact::$effect,)*
                }
            }
        }
    };
}

/// The impact of a change on programs that use the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Impact {
    /// They compile and work as before.
    Compatible,
    /// They compile, but the server may respond differently, or refuse what they send.
    Behaviour,
    /// They may no longer compile, or do something else.
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
    /// The body of a successful response.
    AnswerChanged: Behaviour, "success response changed";
    /// A status added, removed, or with a different body.
    StatusChanged: Compatible, "response changed";
    /// The accepted credentials: `security` or `securitySchemes`. The client signs requests, not the caller.
    SecurityChanged: Compatible, "security changed";
    /// The address of the API. The client has the hosts, not the caller.
    ServersChanged: Compatible, "servers changed";
    /// Calls that the server makes: `callbacks` or `webhooks`. They have no functions.
    CallbacksChanged: Compatible, "callbacks changed";
    /// A type that the old document lacks.
    SchemaAdded: Compatible, "schema added";
    /// A type that the new document lacks.
    SchemaRemoved: Behaviour, "schema removed";
    /// The same type under another name.
    SchemaRenamed: Compatible, "schema renamed";
    /// A field that callers must set.
    RequiredFieldAdded: Behaviour, "required field added";
    /// A field that callers may omit.
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
    /// New values of an enum.
    ValuesAdded: Compatible, "enum values added";
    /// Removed values of an enum.
    ValuesRemoved: Behaviour, "enum values removed";
    /// New alternatives of a union.
    MembersAdded: Compatible, "union members added";
    /// Removed alternatives of a union.
    MembersRemoved: Behaviour, "union members removed";
    /// How the alternatives of a union are told apart.
    DiscriminatorChanged: Behaviour, "discriminator changed";
    /// A length, count, range or pattern that refuses what was accepted.
    LimitTightened: Behaviour, "limit tightened";
    /// A length, count, range or pattern that refuses nothing that was accepted.
    LimitLoosened: Compatible, "limit loosened";
    /// The value that the server uses by default.
    DefaultChanged: Behaviour, "default changed";
    /// The one value that a field can have.
    ConstantChanged: Behaviour, "only value changed";
    /// `deprecated` set or removed.
    DeprecationChanged: Compatible, "deprecation changed";
    /// `readOnly` or `writeOnly`.
    AccessChanged: Behaviour, "access changed";
}

impl ChangeKind {
    /// Returns whether it leaves the type unchanged, so that no item of the crate shows it.
    pub(super) fn is_beside(self) -> bool {
        use ChangeKind::*;
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
