//! Checks that references of the merged documents lead to a schema by its name, in a few steps.

use serde_json::Value;

use super::{
    PassError,
    walk::{self, referenced},
};
use crate::document::pointer;

/// The longest chain of aliases. The generator follows it for each of them.
const MAX_NAMES: usize = 64;

/// Refuses references that the generator cannot handle.
pub(super) fn check(document: &Value) -> Result<(), PassError> {
    let schemas = document.pointer("/components/schemas");
    let known = |node| schemas?.get(referenced(node)?);
    let mut dangling = None;
    walk::each_reference(document, "", &[], &mut |place, node, target| {
        if known(node).is_none() && dangling.is_none() {
            dangling = Some(PassError::new(
                place,
                format!("expected a reference to a schema by its name, found {target}"),
                "define that schema with an overlay, or report the document",
            ));
        }
    });
    if let Some(fault) = dangling {
        return Err(fault);
    }
    let all = schemas.and_then(Value::as_object).into_iter().flatten();
    for (name, schema) in all {
        let chain = std::iter::successors(Some(schema), |schema| known(schema));
        if chain.skip(1).take(MAX_NAMES + 1).count() > MAX_NAMES {
            return Err(PassError::new(
                pointer("/components/schemas", name),
                format!(
                    "expected a type after at most {MAX_NAMES} references, found a longer chain"
                ),
                "refer to the type itself with an overlay",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refuses_a_dangling_reference() {
        let document = json!({"components": {"schemas": {"A": walk::reference_to("B")}}});
        let fault = check(&document).expect_err("no B");
        assert_eq!(fault.pointer, "/components/schemas/A");
    }
}
