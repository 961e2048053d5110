//! Decodes strictly: a client ignores alternatives that are not as documented, a server refuses them.

use serde_json::Value;
use sinch_conversation_raw::wire::{DecodeError, Mismatches, Wire};

/// Decodes JSON that must have its documented form throughout.
pub(crate) fn read<T: Wire>(value: &Value) -> Result<T, DecodeError> {
    let mut mismatches = Mismatches::default();
    let read = T::decode(value, &mut mismatches)?;
    match mismatches.into_first() {
        None => Ok(read),
        Some(error) => Err(error),
    }
}
