//! Parses YAML or JSON into a tree, within limits: a text can expand to far more than its length.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{DocumentError, pointer};

/// The deepest nesting. Published documents stay below 40.
pub const MAX_DEPTH: usize = 100;

/// The most values of a document, also with references replaced. Published documents have up to 20,000.
pub const MAX_VALUES: usize = 400_000;

/// The most bytes of all strings and keys, with YAML aliases expanded.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The most brackets that are open at the same place. The YAML parser needs time quadratic in their number.
const MAX_OPEN: usize = 5_000;

/// Parses YAML or JSON (which is YAML) into a tree that keeps the order of keys.
pub fn parse(text: &str, origin: &str) -> Result<Value, DocumentError> {
    if open_brackets(text) > MAX_OPEN {
        let message = format!("expected at most {MAX_OPEN} brackets open at the same place");
        let remedy = "check that this is the intended document";
        return Err(DocumentError::new(origin, "", message, remedy));
    }
    read(
        serde_norway::Deserializer::from_str(text),
        "YAML or JSON",
        origin,
    )
}

/// Parses JSON with a JSON parser.
pub fn parse_json(text: &str, origin: &str) -> Result<Value, DocumentError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let tree = read(&mut deserializer, "JSON", origin)?;
    deserializer
        .end()
        .map_err(|error| syntax("JSON", origin, &error))?;
    Ok(tree)
}

fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    language: &str,
    origin: &str,
) -> Result<Value, DocumentError> {
    let progress = RefCell::new(Progress::default());
    let seed = Seed(&progress);
    seed.deserialize(deserializer).map_err(|error| {
        let progress = progress.borrow();
        match &progress.fault {
            Some(message) => {
                let keys = progress.path.iter();
                let place = keys.fold(String::new(), |place, key| pointer(&place, key));
                let remedy =
                    "check that this is the intended document, and correct it at that place";
                DocumentError::new(origin, place, message, remedy)
            }
            None => syntax(language, origin, &error),
        }
    })
}

fn syntax(language: &str, origin: &str, error: &dyn fmt::Display) -> DocumentError {
    let message = format!("expected {language}, but {error}");
    DocumentError::new(origin, "", message, "check the file at that line")
}

/// Returns the highest number of brackets that are open at the same place.
fn open_brackets(text: &str) -> usize {
    let mut open = 0_usize;
    let mut most = 0;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => continue,
        }
        most = most.max(open);
    }
    most
}

/// What was read so far, and the current place.
#[derive(Default)]
struct Progress {
    path: Vec<String>,
    values: usize,
    bytes: usize,
    /// Why reading stopped, if the syntax is valid.
    fault: Option<String>,
}

impl Progress {
    fn spend(&mut self, bytes: usize) -> Result<(), String> {
        self.values += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.path.len() > MAX_DEPTH {
            Err(format!("expected at most {MAX_DEPTH} levels of nesting"))
        } else if self.values > MAX_VALUES {
            Err(format!(
                "expected at most {MAX_VALUES} values, aliases expanded"
            ))
        } else if self.bytes > MAX_BYTES {
            Err(format!(
                "expected at most {MAX_BYTES} bytes of text, aliases expanded"
            ))
        } else {
            Ok(())
        }
    }
}

/// Reads a value.
#[derive(Clone, Copy)]
struct Seed<'a>(&'a RefCell<Progress>);

impl Seed<'_> {
    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        let outcome = self.0.borrow_mut().spend(bytes);
        outcome.map_err(|fault| self.stop(fault))
    }

    fn stop<E: Error>(self, fault: String) -> E {
        let error = E::custom(&fault);
        self.0.borrow_mut().fault = Some(fault);
        error
    }

    /// Runs with a key added to the path; after an error the key stays there.
    fn within<T, E>(self, key: String, run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.0.borrow_mut().path.push(key);
        let value = run()?;
        self.0.borrow_mut().path.pop();
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.spend(0).map(|()| Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.spend(0).map(|()| value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.spend(0).map(|()| value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.spend(0).map(|()| value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.spend(0)?;
        let number = Number::from_f64(value);
        number
            .map(Value::Number)
            .ok_or_else(|| self.stop(format!("expected a JSON number, found {value}")))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.spend(value.len()).map(|()| value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut items = Vec::new();
        while let Some(item) =
            self.within(items.len().to_string(), || access.next_element_seed(self))?
        {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut members = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            self.spend(key.len())?;
            if members.contains_key(&key) {
                self.0.borrow_mut().path.push(key);
                return Err(
                    self.stop("expected each key once, but this one is there twice".to_owned())
                );
            }
            let value = self.within(key.clone(), || access.next_value_seed(self))?;
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn refused(text: &str, place: &str, expected: &str) {
        let error = parse(text, "x").expect_err("over the budget");
        assert!(error.pointer.starts_with(place), "{error}");
        assert!(error.message.contains(expected), "{error}");
    }

    #[test]
    fn reads_what_json_can_say() {
        let tree = parse("a: [1, -1, 1.5, true, ~, x]\n200: {b: ''}", "x").expect("YAML");
        assert_eq!(
            tree,
            json!({"a": [1, -1, 1.5, true, null, "x"], "200": {"b": ""}})
        );
        assert_eq!(
            parse_json("[1, \"\\ud83d\\ude00\"]", "x"),
            Ok(json!([1, "😀"]))
        );
        assert!(parse_json("[1] 2", "x").is_err());
    }

    #[test]
    fn refuses_what_is_there_twice() {
        refused("a:\n  b~/: 1\n  b~/: 2\n", "/a/b~0~1", "twice");
        let error = parse_json(r#"{"a": [{"b": 1, "b": 2}]}"#, "x").expect_err("twice");
        assert_eq!(error.pointer, "/a/0/b");
    }

    #[test]
    fn stops_at_its_budget() {
        let deep = MAX_DEPTH + 2;
        refused(
            &format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
            &"/0".repeat(deep - 1),
            "levels of nesting",
        );
        refused(&"[".repeat(100_000), "", "brackets");
        let many = vec!["*a"; 1_000].join(", ");
        refused(
            &format!("a: &a [{}]\nb: [{many}]", "1, ".repeat(500)),
            "/b/7",
            "values",
        );
        refused(
            &format!("a: &a {}\nb: [{many}]", "x".repeat(100_000)),
            "/b/6",
            "bytes",
        );
        refused("a: .nan", "/a", "a JSON number");
    }
}
