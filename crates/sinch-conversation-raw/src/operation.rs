//! Facts about the operations.

use std::fmt;

use crate::OperationId;

/// An operation of the API, as its document describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The id of the operation.
    pub id: OperationId,
    /// The name of the function that builds its request, such as `messages_send_message`.
    pub function: &'static str,
    /// The document that describes it, which determines the host.
    pub document: Document,
    /// The HTTP method in upper case.
    pub method: &'static str,
    /// The path with its parameters in braces, such as `/v1/projects/{project_id}/messages:send`.
    pub path: &'static str,
    /// The tag under which the document lists it.
    pub tag: &'static str,
    /// Whether a request may be retried when the outcome of the first attempt is unknown.
    pub idempotent: bool,
    /// The most items of a page; `None` if it returns no list, or the documents set no limit.
    pub max_page_size: Option<i64>,
}

/// A published document. Each is served by its own hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Document {
    /// The Conversation API.
    Conversation,
    /// The Template Management API.
    Template,
    /// The Batch API.
    Batch,
}

impl Document {
    /// Returns its name, such as `conversation`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Template => "template",
            Self::Batch => "batch",
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<OperationId> for String {
    fn from(id: OperationId) -> Self {
        id.as_str().to_owned()
    }
}

/// An operation that is not documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownOperation(String);

impl fmt::Display for UnknownOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no operation has the id {:?}", self.0)
    }
}

impl std::error::Error for UnknownOperation {}

impl std::str::FromStr for OperationId {
    type Err = UnknownOperation;

    /// Finds an operation by its published id.
    fn from_str(id: &str) -> Result<Self, Self::Err> {
        crate::OPERATIONS
            .iter()
            .find(|operation| operation.id.as_str() == id)
            .map(|operation| operation.id)
            .ok_or_else(|| UnknownOperation(id.to_owned()))
    }
}

/// Defines the table of all operations.
macro_rules! operations {
    ($($id:ident $text:literal $function:ident $document:ident $method:literal $path:literal $tag:literal $idempotent:literal $max_page_size:tt,)*) => {
        /// An operation of any document, by its published `operationId`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum OperationId {
            $(
                #[doc = concat!("`", $text, "`: `", $method, " ", $path, "`.")]
                $id,
            )*
        }

        impl OperationId {
            /// Returns the published id, such as `Messages_SendMessage`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$id => $text,)*
                }
            }

            /// Returns the facts about the operation.
            pub const fn operation(self) -> &'static $crate::Operation {
                match self {
                    $(Self::$id => &$crate::Operation {
                        id: Self::$id,
                        function: stringify!($function),
                        document: $crate::Document::$document,
                        method: $method,
                        path: $path,
                        tag: $tag,
                        idempotent: $idempotent,
                        max_page_size: $crate::operation::operations!(@optional $max_page_size),
                    },)*
                }
            }
        }

        /// All operations, in the order of the documents.
        pub static OPERATIONS: &[&$crate::Operation] = &[$(OperationId::$id.operation()),*];
    };
    (@optional _) => { None };
    (@optional $number:literal) => { Some($number) };
}
pub(crate) use operations;
