//! The cost of a change of the documents: `regen`, and nothing else. A copy of the workspace gets documents with a new
//! operation, field, enum value and alternative; client and sandbox have to compile there unchanged, pass their tests,
//! and support the additions.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod scratch;

use scratch::Scratch;

const CONVERSATION: &str = "spec/conversation.yaml";

const OPERATION: &str = include_str!("operation.yaml");

const SCHEMAS: &str = include_str!("schemas.yaml");

const ALTERNATIVE: &str = "        - $ref: '#/components/schemas/StickerMessageField'\n";

const VALUE: &str = "        - STICKER_WALL\n";

const FIELD: &str = "        sticker_set:\n          description: Where the sticker is from.\n          type: string\n";

/// The test targets of client and sandbox that have such tests. The others are not compiled: they do not depend on the
/// documents, and the crates themselves are compiled for these.
const TARGETS: [&str; 4] = ["client", "operations", "regenerated", "sandbox"];

/// Parts of the names of tests that compare something with the documents, and of those of the program that uses the
/// additions.
const PINNED: [&str; 8] = [
    "coverage::",
    "every_operation_is_answered",
    "fidelity::",
    "in_the_contract",
    "operations::",
    "regenerated_",
    "the_table_has",
    "valid_requests",
];

#[test]
fn a_change_of_the_documents_needs_regen_alone() {
    let scratch = Scratch::of_the_workspace(|files| {
        let document = &mut files.text(CONVERSATION);
        for (after, addition) in [
            (&["\npaths:\n"][..], OPERATION),
            (&["\n  schemas:\n"], SCHEMAS),
            // The template document has this union too, and stays unchanged.
            (&["\n    AppMessageTypes:\n", "oneOf:\n"], ALTERNATIVE),
            (&["\n    ConversationChannel:\n", "enum:\n"], VALUE),
            (&["\n    AppMessageCommonProps:\n", "properties:\n"], FIELD),
        ] {
            insert(document, after, addition);
        }
        files.put(CONVERSATION, document);
        files.put(
            "crates/sinch-conversation/tests/regenerated.rs",
            include_str!("program.rs"),
        );
    });
    scratch.regen();
    scratch.test(&TARGETS, &PINNED);
}

/// Inserts a text after the first place where the anchors follow each other.
fn insert(document: &mut String, anchors: &[&str], addition: &str) {
    let end = anchors.iter().fold(0, |from, anchor| {
        let found = document.get(from..).and_then(|rest| rest.find(anchor));
        let found = found.unwrap_or_else(|| panic!("{anchor:?} is not in the document"));
        from + found + anchor.len()
    });
    document.insert_str(end, addition);
}
