//! Column types besides numbers and strings: enum variants by their JSON names, and JSON itself.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;

/// An enum variant without content.
pub(super) struct Name<T>(pub(super) T);

impl<T: Serialize> ToSql for Name<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match serde_json::to_value(&self.0) {
            Ok(Value::String(name)) => Ok(ToSqlOutput::from(name)),
            Ok(_) => Err(rusqlite::Error::ToSqlConversionFailure("not a name".into())),
            Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
        }
    }
}

impl<T: DeserializeOwned> FromSql for Name<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name: StrDeserializer<'_, Error> = value.as_str()?.into_deserializer();
        let variant = T::deserialize(name);
        variant
            .map(Self)
            .map_err(|error| FromSqlError::Other(error.into()))
    }
}

/// JSON text.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let document = serde_json::from_str(value.as_str()?);
        document
            .map(Self)
            .map_err(|error| FromSqlError::Other(error.into()))
    }
}
