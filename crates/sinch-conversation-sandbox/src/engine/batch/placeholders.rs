//! The places `${key}` in the strings of a message.

use std::collections::BTreeMap;

use serde_json::Value;

/// Fills every place with its parameter. What was filled in is not looked at again.
///
/// Fails with the key that has no parameter.
pub(super) fn fill(value: Value, parameters: &BTreeMap<String, String>) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => Value::String(fill_text(&text, parameters)?),
        Value::Array(items) => {
            let filled = items.into_iter().map(|item| fill(item, parameters));
            Value::Array(filled.collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let filled = members
                .into_iter()
                .map(|(name, member)| Ok((name, fill(member, parameters)?)));
            Value::Object(filled.collect::<Result<_, String>>()?)
        }
        other => other,
    })
}

fn fill_text(text: &str, parameters: &BTreeMap<String, String>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, place)) = rest.split_once("${") {
        let Some((key, after)) = place.split_once('}') else {
            break;
        };
        let value = parameters.get(key).ok_or_else(|| key.to_owned())?;
        filled += before;
        filled += value;
        rest = after;
    }
    filled += rest;
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parameters() -> BTreeMap<String, String> {
        let pairs = [("name", "Ada"), ("code", "${name}"), ("a b", "x")];
        pairs.map(|(key, value)| (key.into(), value.into())).into()
    }

    #[test]
    fn fills_strings_wherever_they_are() {
        let message = json!({"text": "${name}, ${a b}${name}", "choices": [{"title": "for ${name}"}], "n": 1});
        let expected = json!({"text": "Ada, xAda", "choices": [{"title": "for Ada"}], "n": 1});
        assert_eq!(fill(message, &parameters()), Ok(expected));
    }

    #[test]
    fn a_value_is_not_filled_again() {
        assert_eq!(
            fill(json!("${code}!"), &parameters()),
            Ok(json!("${name}!"))
        );
    }

    #[test]
    fn what_is_no_place_stays() {
        for text in ["", "$", "$name", "{name}", "5 $ {x}", "${name", "a ${"] {
            assert_eq!(fill(json!(text), &parameters()), Ok(json!(text)));
        }
    }

    #[test]
    fn a_place_needs_its_parameter() {
        assert_eq!(
            fill(json!(["${name} ${nobody}"]), &parameters()),
            Err("nobody".to_owned())
        );
        assert_eq!(fill(json!("${}"), &parameters()), Err(String::new()));
    }
}
