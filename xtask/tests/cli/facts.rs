//! Limits and deprecations of a document, in the generated code.

use crate::checkout::Checkout;

const DOCUMENT: &str = "spec/conversation.yaml";
const MESSAGES: &str = "crates/sinch-conversation-raw/src/generated/types/messages.rs";

/// Returns a file of a checkout after an edit of its document.
#[track_caller]
fn edited(file: &str, from: &str, to: &str) -> String {
    let checkout = Checkout::new();
    checkout.edit(DOCUMENT, from, to);
    let ended = checkout.xtask(&["regen"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    checkout.read(file)
}

#[track_caller]
fn has(code: &str, line: &str) {
    let found = code.lines().any(|it| it.trim() == line);
    assert!(found, "{line}\nin\n{code}");
}

#[test]
fn a_limit_that_changes_changes_the_table() {
    let name = "name: {type: string, maxLength: 8}";
    let unchanged = edited(MESSAGES, name, name);
    has(&unchanged, r#""name" name NAME [Characters 0 8],"#);
    for (to, row) in [
        (
            "name: {type: string, minLength: 2, maxLength: 9}",
            r#""name" name NAME [Characters 2 9],"#,
        ),
        (
            "name: {type: string, format: password, maxLength: 9}",
            r#""name" name NAME [Characters 0 9],"#,
        ),
        (
            "name: {type: integer, minimum: -3, exclusiveMinimum: true}",
            r#""name" name NAME [Value - 2 9223372036854775807],"#,
        ),
        (
            "name: {type: array, maxItems: 3, items: {type: string, maxLength: 7}}",
            r#""name" name NAME [Items 0 3],"#,
        ),
        (
            "name: {type: array, maxItems: 3, items: {type: string, maxLength: 7}}",
            r#""name" name [each Characters 0 7],"#,
        ),
        (
            "name: {type: string, x-further-limits: {minSeconds: 3, maxSeconds: 5}}",
            r#""name" name NAME [Seconds 3 5],"#,
        ),
        (
            "name: {type: integer, minimum: 3, maximum: 5, x-further-limits: {unit: won, or: 0}}",
            r#""name" name NAME [Value 3 5 in "won" or 0],"#,
        ),
        (
            "name: {type: object, additionalProperties: {type: string}, x-further-limits: {members: {a b: {maxLength: 1}}}}",
            r#""name" name [member "a b" Characters 0 1],"#,
        ),
    ] {
        has(&edited(MESSAGES, name, to), row);
    }
}

#[test]
fn a_secret_with_a_limit_stays_a_secret() {
    let name = "name: {type: string, maxLength: 8}";
    let secret = "name: {type: string, format: password, maxLength: 8}";
    has(&edited(MESSAGES, name, secret), "pub name: Option<Secret>,");
}

#[test]
fn only_what_is_sent_has_limits_and_what_leads_to_them() {
    let without = "        name: {type: string}\n";
    let code = edited(
        MESSAGES,
        "        name: {type: string, maxLength: 8}\n",
        without,
    );
    assert!(
        !code.contains("    Button;\n    \"name\" name NAME"),
        "{code}"
    );
    has(&code, r#""text" text TEXT [Characters 0 20],"#);
    has(&code, r#""message" message,"#);
    has(&code, r#""text_message" TextMessage,"#);
    let retry = "retry_duration: {type: integer, format: int32}";
    let app = "crates/sinch-conversation-raw/src/generated/types/app.rs";
    let answered = edited(
        app,
        retry,
        "retry_duration: {type: integer, format: int32, maximum: 5}",
    );
    assert!(!answered.contains("limits"), "{answered}");
}

#[test]
fn the_size_of_a_page_is_a_fact_of_the_operation() {
    let size = "{name: page_size, in: query, schema: {type: integer, format: int32}}";
    let limited =
        "{name: page_size, in: query, schema: {type: integer, format: int32, maximum: 20}}";
    let file = "crates/sinch-conversation-raw/src/generated/operations.rs";
    let list = |code: String| {
        let row = code
            .lines()
            .find(|line| line.contains("\"Contact_ListContacts\""));
        row.map(|row| row.trim_end_matches(',').to_owned()).unwrap()
    };
    assert!(list(edited(file, size, size)).ends_with(" true _"));
    assert!(list(edited(file, size, limited)).ends_with(" true 20"));
}

#[test]
fn what_is_deprecated_is_marked_with_the_reason() {
    let app = "crates/sinch-conversation-raw/src/generated/types/app.rs";
    let field = edited(
        app,
        "id: {type: string, readOnly: true}",
        "id: {type: string, deprecated: true, description: 'Use \"name\". It is longer.'}",
    );
    has(&field, r#"#[deprecated(note = "Use \"name\".")]"#);
    let inline = edited(
        app,
        "id: {type: string, readOnly: true}",
        "id: {type: object, deprecated: true, properties: {a: {type: string}}}",
    );
    has(
        &inline,
        r#"#[deprecated(note = "deprecated in the document")]"#,
    );
    let operation = edited(
        "crates/sinch-conversation-raw/src/generated/conversation/messages.rs",
        "      description: Sends a message to a recipient.",
        "      deprecated: true\n      description: Sends a message to a recipient.",
    );
    has(
        &operation,
        r#"#[deprecated(note = "Sends a message to a recipient.")]"#,
    );
    let alternative = edited(
        MESSAGES,
        "    LocationMessageField:\n",
        "    LocationMessageField:\n      deprecated: true\n      description: No place any more.\n",
    );
    let marked =
        "#[deprecated(note = \"No place any more.\")]\n    LocationMessage(LocationMessage),";
    assert!(alternative.contains(marked), "{alternative}");
}

#[test]
fn a_new_secret_is_in_the_table_of_secrets() {
    let file = "crates/sinch-conversation-raw/src/generated/secrets.rs";
    let id = "id: {type: string, readOnly: true}";
    let table = |to| edited(file, id, to).lines().last().map(str::to_owned);
    let line = |names: &str| Some(format!("pub static SECRET_FIELDS: &[&str] = &[{names}];"));
    assert_eq!(table(id), line("\"token\""));
    let key = "api_key: {type: string, format: password, maxLength: 9}";
    assert_eq!(table(key), line("\"api_key\", \"token\""));
}
