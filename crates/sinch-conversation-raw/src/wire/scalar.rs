use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{DecodeError, Fields, Members, Object, Wire};

impl Wire for Value {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Ok(value)
    }

    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl Wire for Map<String, Value> {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Object(map) => Ok(map),
            other => Err(DecodeError::mismatch("an object", &other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl Wire for String {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(DecodeError::mismatch("a string", &other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Wire for bool {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        value
            .as_bool()
            .ok_or_else(|| DecodeError::mismatch("a boolean", &value))
    }

    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Wire for i64 {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        value
            .as_i64()
            .ok_or_else(|| DecodeError::mismatch("a 64-bit integer", &value))
    }

    fn to_value(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for i32 {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        value
            .as_i64()
            .and_then(|number| i32::try_from(number).ok())
            .ok_or_else(|| DecodeError::mismatch("a 32-bit integer", &value))
    }

    fn to_value(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for f64 {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        value
            .as_f64()
            .ok_or_else(|| DecodeError::mismatch("a number", &value))
    }

    /// A whole number is written without a fraction, as it came; JSON has no infinities, so they become `null`.
    fn to_value(&self) -> Value {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = self.fract() == 0.0
            && self.abs() <= EXACT
            && !(*self == 0.0 && self.is_sign_negative());
        if whole {
            Value::from(*self as i64)
        } else {
            Value::from(*self)
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        let Value::Array(items) = value else {
            return Err(DecodeError::mismatch("a list", &value));
        };
        items
            .into_iter()
            .enumerate()
            .map(|(index, item)| T::from_value(item).map_err(|error| error.at_index(index)))
            .collect()
    }

    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(Wire::to_value).collect())
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Map::from_value(value)?
            .into_iter()
            .map(|(key, item)| match T::from_value(item) {
                Ok(item) => Ok((key, item)),
                Err(error) => Err(error.in_field(&key)),
            })
            .collect()
    }

    fn to_value(&self) -> Value {
        let members = self
            .iter()
            .map(|(key, item)| (key.clone(), item.to_value()));
        Value::Object(members.collect())
    }
}

impl<T: Object> Object for Box<T> {
    fn read(fields: &mut Fields) -> Result<Self, DecodeError> {
        T::read(fields).map(Box::new)
    }

    fn write(&self, members: &mut Members) {
        self.as_ref().write(members);
    }
}
