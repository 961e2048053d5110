use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{DecodeError, Fields, Members, Mismatches, Object, Wire, number::integer};

impl Wire for Value {
    fn decode(value: &Value, _: &mut Mismatches) -> Result<Self, DecodeError> {
        Ok(value.clone())
    }

    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl Wire for Map<String, Value> {
    fn decode(value: &Value, _: &mut Mismatches) -> Result<Self, DecodeError> {
        match value {
            Value::Object(map) => Ok(map.clone()),
            other => Err(DecodeError::mismatch("an object", other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl Wire for String {
    fn decode(value: &Value, _: &mut Mismatches) -> Result<Self, DecodeError> {
        match value {
            Value::String(text) => Ok(text.clone()),
            other => Err(DecodeError::mismatch("a string", other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Wire for bool {
    fn decode(value: &Value, _: &mut Mismatches) -> Result<Self, DecodeError> {
        value
            .as_bool()
            .ok_or_else(|| DecodeError::mismatch("a boolean", value))
    }

    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Wire for i64 {
    fn decode(value: &Value, _: &mut Mismatches) -> Result<Self, DecodeError> {
        integer(
            value,
            "an integer from -9223372036854775808 to 9223372036854775807",
        )
    }

    fn to_value(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for i32 {
    fn decode(value: &Value, _: &mut Mismatches) -> Result<Self, DecodeError> {
        integer(value, "an integer from -2147483648 to 2147483647")
    }

    fn to_value(&self) -> Value {
        Value::from(*self)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn decode(value: &Value, mismatches: &mut Mismatches) -> Result<Self, DecodeError> {
        let Value::Array(items) = value else {
            return Err(DecodeError::mismatch("a list", value));
        };
        let mut read = Self::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let item = mismatches.within(
                || format!("[{index}]"),
                |mismatches| T::decode(item, mismatches),
            )?;
            read.push(item);
        }
        Ok(read)
    }

    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(Wire::to_value).collect())
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn decode(value: &Value, mismatches: &mut Mismatches) -> Result<Self, DecodeError> {
        let Value::Object(members) = value else {
            return Err(DecodeError::mismatch("an object", value));
        };
        let mut read = Self::new();
        for (key, item) in members {
            let item = mismatches.within(|| key, |mismatches| T::decode(item, mismatches))?;
            read.insert(key.clone(), item);
        }
        Ok(read)
    }

    fn to_value(&self) -> Value {
        let members = self
            .iter()
            .map(|(key, item)| (key.clone(), item.to_value()));
        Value::Object(members.collect())
    }
}

impl<T: Object> Object for Box<T> {
    fn read(fields: &mut Fields<'_>) -> Result<Self, DecodeError> {
        T::read(fields).map(Box::new)
    }

    fn write(&self, members: &mut Members) {
        self.as_ref().write(members);
    }
}
