use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use serde::{Deserializer, Serializer};
use serde_json::{Map, Value};

use super::{
    Capture, JsonMap, Mismatches, Wire,
    scalar::{read_map, scalar},
};

/// JSON members that are not documented, kept unchanged.
///
/// They may hold credentials, so `Debug` shows the keys but not the values.
///
/// ```
/// use sinch_conversation_raw::wire::JsonObject;
/// use serde_json::json;
///
/// let mut extra = JsonObject::default();
/// extra.insert("token".to_owned(), json!("s3cret"));
/// assert_eq!(format!("{extra:?}"), r#"{"token": ..}"#);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct JsonObject(JsonMap);

impl JsonObject {
    /// Returns the map.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl From<Map<String, Value>> for JsonObject {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl FromIterator<(String, Value)> for JsonObject {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl Deref for JsonObject {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for JsonObject {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for key in self.0.keys() {
            map.entry(key, &format_args!(".."));
        }
        map.finish()
    }
}

scalar! {
    JsonObject: |json, mismatches| read_map(json, mismatches).map(Self), |value, to| value.0.write(to);
}

super::wire!(JsonObject);
