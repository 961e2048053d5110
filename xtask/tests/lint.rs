//! The lint over whole documents: what it says of small ones, and where it points in the published ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use xtask::document;
use xtask::lint::{RULES, lint, to_markdown};

fn read(folder: &str, name: &str) -> Value {
    let path = format!("{}/{folder}/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).expect(&path);
    document::parse(&text, name).expect(name)
}

#[test]
fn conversation() {
    let findings = lint(&read("tests/small/spec", "conversation.yaml"));
    insta::assert_snapshot!("conversation", to_markdown(&findings, 3));
}

#[test]
fn template() {
    let findings = lint(&read("tests/small/spec", "template.yaml"));
    insta::assert_snapshot!("template", to_markdown(&findings, 3));
}

#[test]
fn every_pointer_leads_somewhere() {
    for name in ["conversation.yaml", "template.yaml"] {
        let document = read("../spec", name);
        for finding in lint(&document) {
            assert!(
                document.pointer(&finding.pointer).is_some(),
                "{name}: {finding:?}"
            );
        }
    }
}

#[test]
fn rules_have_names_of_their_own() {
    let names: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len());
    assert!(RULES.iter().all(|rule| rule.why.ends_with('.')));
}

#[test]
fn what_is_no_document_has_no_findings() {
    for value in [
        json!(null),
        json!([1]),
        json!({"paths": 1, "components": {"schemas": []}}),
    ] {
        assert_eq!(lint(&value), []);
    }
    assert_eq!(to_markdown(&[], 3), "# No findings\n");
}

#[test]
fn circles_end() {
    let document = json!({
        "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}},
        "components": {
            "responses": {"R": {"$ref": "#/components/responses/R"}},
            "schemas": {
                "A": {"required": ["x"], "allOf": [{"$ref": "#/components/schemas/B"}]},
                "B": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}});
    let rules: Vec<_> = lint(&document).iter().map(|finding| finding.rule).collect();
    assert_eq!(
        rules,
        ["success-without-content", "required-without-property"]
    );
}
