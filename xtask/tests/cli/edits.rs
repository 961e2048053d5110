//! A change of a document, from the edit to the reviewer.

use crate::checkout::Checkout;

const APP: &str = "crates/sinch-conversation-raw/src/generated/types/app.rs";
const MESSAGES: &str = "crates/sinch-conversation-raw/src/generated/types/messages.rs";
const CONTRACT: &str = "crates/sinch-conversation-sandbox/src/generated/contract.json";

const REFERENCE: &str = "crates/sinch-conversation-cli/src/generated/reference.json";

#[test]
fn a_new_enum_value_changes_one_type() {
    let checkout = Checkout::new();
    let before = checkout.state();
    checkout.edit(
        "spec/conversation.yaml",
        "        - APPLEBC\n",
        "        - APPLEBC\n        - CARRIER_PIGEON\n",
    );
    let ended = checkout.xtask(&["regen"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(
        checkout.changed_since(&before),
        [
            REFERENCE,
            APP,
            CONTRACT,
            "spec/conversation.yaml",
            "spec/sources.toml"
        ]
    );
    assert!(
        ended.stdout.contains("spec/conversation.yaml was edited"),
        "{}",
        ended.stdout
    );
    let old = String::from_utf8(before[&checkout.path(APP)].clone()).unwrap();
    let new = checkout.read(APP);
    let added: Vec<&str> = new
        .lines()
        .filter(|line| !old.lines().any(|known| known == *line))
        .map(str::trim)
        .collect();
    assert_eq!(
        added,
        [
            "/// `CARRIER_PIGEON`",
            "CarrierPigeon,",
            "\"CARRIER_PIGEON\" CarrierPigeon,"
        ]
    );
    let old = String::from_utf8(before[&checkout.path(CONTRACT)].clone()).unwrap();
    let new = checkout.read(CONTRACT);
    let changed: Vec<&str> = new
        .lines()
        .filter(|line| !old.lines().any(|known| known == *line))
        .collect();
    let [only] = changed.as_slice() else {
        panic!("{changed:?}");
    };
    assert!(only.starts_with("\"ConversationChannel\": "), "{only}");
    assert!(only.contains("CARRIER_PIGEON"), "{only}");
}

#[test]
fn a_second_run_changes_nothing() {
    let checkout = Checkout::new();
    let before = checkout.state();
    let ended = checkout.xtask(&["regen"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.stdout.starts_with("10 operations"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.ends_with("no file changed\n"),
        "{}",
        ended.stdout
    );
    assert!(checkout.changed_since(&before).is_empty());
}

#[test]
fn check_names_what_is_stale_and_changes_nothing() {
    let checkout = Checkout::new();
    assert_eq!(checkout.xtask(&["regen", "--check"]).code, 0);
    checkout.edit(
        MESSAGES,
        "pub struct AppMessage {",
        "pub struct AppMessage  {",
    );
    let leftovers = [
        "crates/sinch-conversation-raw/src/generated/types/gone.rs",
        "crates/sinch-conversation-sandbox/src/generated/gone.json",
    ];
    for leftover in leftovers {
        std::fs::write(checkout.path(leftover), "").unwrap();
    }
    let before = checkout.state();
    let ended = checkout.xtask(&["regen", "--check"]);
    assert_eq!(ended.code, 1);
    for expected in [MESSAGES, "run `cargo xtask regen`"] {
        assert!(ended.stderr.contains(expected), "{}", ended.stderr);
    }
    for leftover in leftovers {
        assert!(ended.stderr.contains(leftover), "{}", ended.stderr);
    }
    assert!(checkout.changed_since(&before).is_empty());
    assert_eq!(checkout.xtask(&["regen"]).code, 0);
    for leftover in leftovers {
        assert!(!checkout.path(leftover).exists(), "{leftover}");
    }
}

#[test]
fn a_fault_names_file_place_and_remedy_and_writes_nothing() {
    for (from, to, expected) in [
        (
            "#/components/requestBodies/SendMessageRequest",
            "#/components/requestBodies/Gone",
            "spec/conversation.yaml#/paths/~1v1~1projects~1{project_id}~1messages:send/post/requestBody: expected a reference",
        ),
        (
            "    Button:\n",
            "    Knob:\n",
            "found #/components/schemas/Button",
        ),
        (
            "    Button:\n",
            "    Button: [\n",
            "spec/conversation.yaml#: expected YAML or JSON",
        ),
        (
            "    runtimeError:\n",
            "    apiError:\n",
            "spec/overlays/conversation/01-names.yaml#/actions/0",
        ),
    ] {
        let checkout = Checkout::new();
        checkout.edit("spec/conversation.yaml", from, to);
        let before = checkout.state();
        let ended = checkout.xtask(&["regen"]);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains(expected), "{from}: {}", ended.stderr);
        assert!(ended.stderr.contains("; "), "a remedy: {}", ended.stderr);
        assert_eq!(checkout.changed_since(&before), Vec::<String>::new());
    }
}

#[test]
fn diff_tells_what_breaks() {
    let checkout = Checkout::new();
    let old = checkout.path("old.yaml");
    std::fs::copy(checkout.path("spec/conversation.yaml"), &old).unwrap();
    let old = old.to_str().unwrap();
    let new = checkout.path("spec/conversation.yaml");
    let new = new.to_str().unwrap();
    let same = checkout.xtask(&["diff", old, new, "--fail-on-breaking"]);
    assert_eq!(same.code, 0);
    assert!(
        same.stdout.contains("No change of meaning"),
        "{}",
        same.stdout
    );
    checkout.edit("spec/conversation.yaml", "        - APPLEBC\n", "");
    let ended = checkout.xtask(&["diff", old, new]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("breaking"), "{}", ended.stdout);
    assert_eq!(
        checkout
            .xtask(&["diff", old, new, "--fail-on-breaking"])
            .code,
        1
    );
}

#[test]
fn lint_goes_through_all_documents() {
    let checkout = Checkout::new();
    let ended = checkout.xtask(&["lint"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for document in [
        "spec/conversation.yaml",
        "spec/template.yaml",
        "spec/batch.yaml",
    ] {
        assert!(ended.stdout.contains(document), "{}", ended.stdout);
    }
}

#[test]
fn diff_without_files_compares_with_the_last_commit() {
    let checkout = Checkout::new();
    let refused = checkout.xtask(&["diff"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("not in the last commit"),
        "{}",
        refused.stderr
    );
    checkout.commit();
    let same = checkout.xtask(&["diff", "--fail-on-breaking"]);
    assert_eq!(same.code, 0, "{same:?}");
    checkout.edit(
        "spec/batch.yaml",
        "        - CANCELLED\n",
        "        - CANCELLED\n        - LOST\n",
    );
    let ended = checkout.xtask(&["diff"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for expected in ["## batch", "LOST", "compatible"] {
        assert!(ended.stdout.contains(expected), "{}", ended.stdout);
    }
}

#[test]
fn a_document_that_was_broken_can_be_replaced() {
    let checkout = Checkout::new();
    let good = checkout.read("spec/conversation.yaml");
    std::fs::write(checkout.path("good.yaml"), good).unwrap();
    checkout.edit("spec/conversation.yaml", "    Button:\n", "    Button: [\n");
    let ended = checkout.xtask(&["regen", "--from", "good.yaml", "--document", "conversation"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.stdout.contains("The documents cannot be compared"),
        "{}",
        ended.stdout
    );
}

#[test]
fn files_are_compared_as_the_document_that_they_are() {
    let checkout = Checkout::new();
    let template = checkout.read("spec/template.yaml");
    std::fs::write(checkout.path("old.yaml"), &template).unwrap();
    let new = template.replace("names:", "titles:");
    std::fs::write(checkout.path("new.yaml"), new).unwrap();
    let alone = checkout.xtask(&["diff", "old.yaml", "new.yaml"]);
    assert!(alone.stdout.contains("## document\n"), "{alone:?}");
    let named = checkout.xtask(&["diff", "old.yaml", "new.yaml", "--document", "template"]);
    assert!(named.stdout.contains("## template\n"), "{named:?}");
    for ended in [alone, named] {
        assert_eq!(ended.code, 0, "{ended:?}");
        let line = "**breaking** `TemplateList.names` (1 operation) field removed";
        assert!(ended.stdout.contains(line), "{}", ended.stdout);
    }
    let unknown = checkout.xtask(&["diff", "old.yaml", "new.yaml", "--document", "none"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("no document none"), "{unknown:?}");
}

#[test]
fn diff_sees_a_change_of_an_overlay() {
    let checkout = Checkout::new();
    checkout.commit();
    checkout.edit(
        "spec/overlays/conversation/01-names.yaml",
        "x-rust-name: ApiError",
        "x-rust-name: RequestError",
    );
    let ended = checkout.xtask(&["diff"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended
            .stdout
            .contains("schema renamed: `ApiError -> RequestError`"),
        "{}",
        ended.stdout
    );
}
