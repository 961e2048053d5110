//! Macros behind the generated tables.

/// Implements the traits of `serde` for a type that is `Wire`.
macro_rules! wire {
    ($name:ty) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                $crate::wire::Wire::write(self, json)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                $crate::wire::deserialize(json)
            }
        }
    };
}
pub(crate) use wire;

/// Defines a struct: the index, key and name of each field, whether it is required, and the enum of its alternatives.
macro_rules! object {
    ($name:ident $($kind:ident)?; $($key:literal $field:ident $need:ident $($wrapper:literal)?,)*) => {
        impl $crate::wire::Object for $name {
            const KEYS: &'static [&'static str] = &[$($key),*];
            const CHOICES: &'static [&'static str] =
                $crate::wire::object!(@choices $($kind)?);

            #[allow(unused_mut)]
            fn read_members<'de, C: $crate::wire::Capture<'de>, A: ::serde::de::MapAccess<'de>>(
                mut members: $crate::wire::Members<'_, C, A>,
                into: &mut Option<Self>,
            ) -> Result<(), A::Error> {
                #[allow(non_camel_case_types)]
                enum Field { $($field,)* }
                const FIELDS: &[Field] = &[$(Field::$field,)*];

                $(let mut $field = None;)*
                $(let mut chosen: Option<$kind> = None;)?
                while let Some(index) = members.next_field::<Self>()? {
                    // A single `?` for all fields compiles faster than one for each.
                    let read = match FIELDS.get(index) {
                        $(Some(Field::$field) => members.$need($key, &mut $field $(, $wrapper)?),)*
                        _ => $crate::wire::object!(@alternative members index FIELDS chosen $($kind)?),
                    };
                    read?;
                }
                *into = Some(Self {
                    $($field: $crate::wire::object!(@take $need members $key $field),)*
                    $(kind: match chosen {
                        Some(chosen) => chosen,
                        None => members.choose::<$kind>()?,
                    },)?
                    extra: members.extra(),
                });
                Ok(())
            }

            fn write_members<M: ::serde::ser::SerializeMap>(
                &self,
                members: &mut $crate::wire::Writer<M>,
            ) {
                $($crate::wire::object!(@write $need members $key self.$field);)*
                $(<$kind as $crate::wire::Choice>::write_members(&self.kind, members);)?
                members.rest(&self.extra);
            }

            fn has_rest(&self) -> bool {
                !self.extra.is_empty() $(|| <$kind as $crate::wire::Choice>::is_unknown(&self.kind))?
            }
        }

        impl $crate::wire::Wire for $name {
            fn read<'de, C: $crate::wire::Capture<'de>, D: ::serde::Deserializer<'de>>(
                json: D,
                into: &mut Option<Self>,
                mismatches: &mut $crate::wire::Mismatches,
            ) -> Result<(), D::Error> {
                $crate::wire::read_object::<Self, C, D>(json, into, mismatches)
            }

            fn write<S: ::serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                $crate::wire::write_object(self, json)
            }
        }

        $crate::wire::wire!($name);
    };
    (@choices) => { &[] };
    (@choices $kind:ident) => { <$kind as $crate::wire::Choice>::KEYS };
    (@alternative $members:ident $index:ident $fields:ident $chosen:ident) => { Ok(()) };
    (@alternative $members:ident $index:ident $fields:ident $chosen:ident $kind:ident) => {
        $members.alternative::<$kind>($index - $fields.len(), &mut $chosen)
    };
    (@take optional $members:ident $key:literal $field:ident) => { $field };
    (@take unverified $members:ident $key:literal $field:ident) => { $field };
    (@take $need:ident $members:ident $key:literal $field:ident) => {
        match $field {
            Some(value) => value,
            None => return Err($members.missing($key)),
        }
    };
    (@write optional $members:ident $key:literal $value:expr) => { $members.optional($key, &$value) };
    (@write unverified $members:ident $key:literal $value:expr) => { $members.optional($key, &$value) };
    (@write $need:ident $members:ident $key:literal $value:expr) => { $members.required($key, &$value) };
}
pub(crate) use object;

/// Defines the enum of an object's alternatives: identified by their keys, or by the value of a sibling of their
/// content.
macro_rules! choice {
    ($name:ident; $($key:literal $variant:ident,)*) => {
        impl $crate::wire::Choice for $name {
            const KEYS: &'static [&'static str] = &[$($key),*];
            const BY_KEY: bool = true;

            fn stream<'de, C: $crate::wire::Capture<'de>, D: ::serde::Deserializer<'de>>(
                index: usize,
                json: D,
                into: &mut Option<Self>,
                mismatches: &mut $crate::wire::Mismatches,
            ) -> Result<(), D::Error> {
                #[allow(clippy::enum_variant_names)]
                enum Alternative { $($variant,)* }
                const ALTERNATIVES: &[Alternative] = &[$(Alternative::$variant,)*];

                match ALTERNATIVES.get(index) {
                    $(Some(Alternative::$variant) => {
                        let mut held = None;
                        $crate::wire::Wire::read::<C, D>(json, &mut held, mismatches)?;
                        *into = held.map(Self::$variant);
                    })*
                    None => return Err(mismatches.fail("an alternative", "another")),
                }
                Ok(())
            }

            fn read<'de, C: $crate::wire::Capture<'de>>(
                offered: &mut $crate::wire::Offered<C>,
                mismatches: &mut $crate::wire::Mismatches,
            ) -> Result<Option<Self>, $crate::wire::DecodeError> {
                #[allow(clippy::enum_variant_names)]
                enum Alternative { $($variant,)* }
                const ALTERNATIVES: &[Alternative] = &[$(Alternative::$variant,)*];

                let Some(index) = offered.first() else {
                    return Ok(None);
                };
                match ALTERNATIVES.get(index) {
                    $(Some(Alternative::$variant) => offered
                        .decode(index, $key, mismatches)
                        .map(|held| Some(Self::$variant(held))),)*
                    None => Ok(None),
                }
            }

            fn write_members<M: ::serde::ser::SerializeMap>(
                &self,
                members: &mut $crate::wire::Writer<M>,
            ) {
                match self {
                    $(Self::$variant(held) => members.required($key, held),)*
                    Self::Unknown(json) => members.rest(json),
                }
            }

            $crate::wire::choice!(@unknown);
        }

        $crate::wire::choice!(@alone $name);
    };
    ($name:ident $tag:literal $content:literal; $($value:literal $variant:ident,)*) => {
        impl $crate::wire::Choice for $name {
            const KEYS: &'static [&'static str] = &[$tag, $content];
            const BY_KEY: bool = false;

            fn read<'de, C: $crate::wire::Capture<'de>>(
                offered: &mut $crate::wire::Offered<C>,
                mismatches: &mut $crate::wire::Mismatches,
            ) -> Result<Option<Self>, $crate::wire::DecodeError> {
                let read = match offered.text(0).as_deref() {
                    $(Some($value) => Self::$variant(offered.decode(1, $content, mismatches)?),)*
                    _ => return Ok(None),
                };
                offered.remove(0);
                Ok(Some(read))
            }

            fn write_members<M: ::serde::ser::SerializeMap>(
                &self,
                members: &mut $crate::wire::Writer<M>,
            ) {
                match self {
                    $(Self::$variant(held) => {
                        members.text($tag, $value);
                        members.required($content, held);
                    })*
                    Self::Unknown(json) => members.rest(json),
                }
            }

            $crate::wire::choice!(@unknown);
        }

        $crate::wire::choice!(@alone $name);
    };
    (@unknown) => {
        fn unknown(json: $crate::wire::UnknownObject) -> Self {
            Self::Unknown(json)
        }

        fn is_unknown(&self) -> bool {
            matches!(self, Self::Unknown(_))
        }
    };
    (@alone $name:ident) => {
        impl $crate::wire::Wire for $name {
            fn read<'de, C: $crate::wire::Capture<'de>, D: ::serde::Deserializer<'de>>(
                json: D,
                into: &mut Option<Self>,
                mismatches: &mut $crate::wire::Mismatches,
            ) -> Result<(), D::Error> {
                $crate::wire::read_alone::<Self, C, D>(json, into, mismatches)
            }

            fn write<S: ::serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                $crate::wire::write_alone(self, json)
            }
        }

        $crate::wire::wire!($name);
    };
}
pub(crate) use choice;

/// Defines an enum of objects: identified by a key that only one of them has, or by the value of a property of all.
macro_rules! whole {
    ($name:ident; $($key:literal $variant:ident,)*) => {
        impl $name {
            /// Returns the key that identifies the alternative; `None` for the unknown one.
            pub fn key(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant(_) => Some($key),)*
                    Self::Unknown(_) => None,
                }
            }
        }

        impl $crate::wire::Whole for $name {
            const KEYS: &'static [&'static str] = &[$($key),*];

            fn read_members<'de, C: $crate::wire::Capture<'de>, A: ::serde::de::MapAccess<'de>>(
                index: usize,
                mut members: $crate::wire::Members<'_, C, A>,
                into: &mut Option<Self>,
            ) -> Result<(), A::Error> {
                #[allow(clippy::enum_variant_names)]
                enum Alternative { $($variant,)* }
                const ALTERNATIVES: &[Alternative] = &[$(Alternative::$variant,)*];

                match ALTERNATIVES.get(index) {
                    $(Some(Alternative::$variant) => {
                        let mut held = None;
                        $crate::wire::Object::read_members(members, &mut held)?;
                        *into = held.map(Self::$variant);
                    })*
                    None => *into = Some(Self::Unknown(members.extra().into())),
                }
                Ok(())
            }

            fn rest(&self) -> &$crate::wire::JsonObject {
                match self {
                    $(Self::$variant(held) => &held.extra,)*
                    Self::Unknown(held) => held,
                }
            }

            fn unknown(json: $crate::wire::UnknownObject) -> Self {
                Self::Unknown(json)
            }
        }

        $crate::wire::whole!(@wire $name [$($variant)*] json into mismatches {
            if mismatches.is_strict() {
                return $crate::wire::read_whole::<Self, C, D>(json, into, mismatches);
            }
        } {
            #[allow(clippy::enum_variant_names)]
            enum Alternative { $($variant,)* }
            const ALTERNATIVES: &[Alternative] = &[$(Alternative::$variant,)*];

            match json.first_of(&[$($key),*]).and_then(|index| ALTERNATIVES.get(index)) {
                $(Some(Alternative::$variant) => Some(mismatches
                    .recover(|mismatches| json.decode(mismatches))
                    .map(Self::$variant)),)*
                None => None,
            }
        });
    };
    ($name:ident $tag:literal; $($value:literal $variant:ident,)*) => {
        $crate::wire::whole!(@wire $name [$($variant)*] json into mismatches {} {
            match json.text_of($tag).as_deref() {
                $(Some($value) => Some(mismatches
                    .recover(|mismatches| json.decode(mismatches))
                    .map(Self::$variant)),)*
                _ => None,
            }
        });
    };
    (@wire $name:ident [$($variant:ident)*] $json:ident $into:ident $mismatches:ident {$($stream:tt)*} $read:block) => {
        impl $crate::wire::Wire for $name {
            fn read<'de, C: $crate::wire::Capture<'de>, D: ::serde::Deserializer<'de>>(
                $json: D,
                $into: &mut Option<Self>,
                $mismatches: &mut $crate::wire::Mismatches,
            ) -> Result<(), D::Error> {
                $($stream)*
                let $json = C::deserialize($json)?;
                let reason = match $read {
                    Some(Ok(read)) => {
                        *$into = Some(read);
                        return Ok(());
                    }
                    Some(Err(reason)) => Some(reason),
                    None => None,
                };
                let unknown = $crate::wire::unknown(&$json, reason, $mismatches)?;
                *$into = Some(Self::Unknown(unknown));
                Ok(())
            }

            fn write<S: ::serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(held) => $crate::wire::Wire::write(held, json),)*
                    Self::Unknown(held) => $crate::wire::Wire::write(&**held, json),
                }
            }
        }

        $crate::wire::wire!($name);
    };
}
pub(crate) use whole;

/// Defines an open string enum.
macro_rules! open_enum {
    ($name:ident; $($text:literal $variant:ident,)*) => {
        impl $name {
            /// Returns the value as it is sent and received.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(other) => other,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::wire::Wire for $name {
            fn read<'de, C: $crate::wire::Capture<'de>, D: ::serde::Deserializer<'de>>(
                json: D,
                into: &mut Option<Self>,
                mismatches: &mut $crate::wire::Mismatches,
            ) -> Result<(), D::Error> {
                *into = Some(Self::from(&*$crate::wire::text(json, mismatches)?));
                Ok(())
            }

            fn write<S: ::serde::Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                json.serialize_str(self.as_str())
            }
        }

        $crate::wire::wire!($name);
    };
}
pub(crate) use open_enum;
