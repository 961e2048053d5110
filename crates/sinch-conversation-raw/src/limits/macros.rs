//! Macros behind the generated tables of limits.

/// Defines the limits of an object's fields, one row each, and the field with its alternatives. A row without a limit
/// is a field whose content has limits.
macro_rules! fields {
    ($name:ident $($kind:ident)?; $($key:literal $field:ident $($constant:ident)? $([$($limit:tt)*])?,)*) => {
        impl $name {
            $($crate::limits::fields!(@constant $key $($constant)? $([$($limit)*])?);)*
        }

        impl $crate::limits::Limited for $name {
            fn visit(&self, at: &$crate::limits::FieldPath<'_>, found: &mut Vec<$crate::limits::Breach>) {
                $($crate::limits::Limited::visit(&self.$kind, at, found);)?
                $($crate::limits::fields!(
                    @check &self.$field, &at.key($key), found, $($constant)? $([$($limit)*])?
                );)*
            }
        }
    };
    (@constant $key:literal $constant:ident [$($limit:tt)*]) => {
        #[doc = concat!("What `", $key, "` may be in a request.")]
        pub const $constant: $crate::limits::Limit = $crate::limits::fields!(@limit $($limit)*);
    };
    (@constant $key:literal $([$($limit:tt)*])?) => {};
    (@check $value:expr, $at:expr, $found:ident,) => {
        $crate::limits::Limited::visit($value, $at, $found)
    };
    (@check $value:expr, $at:expr, $found:ident, $constant:ident [$($limit:tt)*]) => {
        Self::$constant.check($value, $at, $found)
    };
    (@check $value:expr, $at:expr, $found:ident, [each $($limit:tt)*]) => {
        $crate::limits::Members::each($value, $at, &mut |at, value| {
            const LIMIT: $crate::limits::Limit = $crate::limits::fields!(@limit $($limit)*);
            LIMIT.check(value, at, $found);
        })
    };
    (@check $value:expr, $at:expr, $found:ident, [member $member:literal $($limit:tt)*]) => {
        if let Some(value) = $value.as_ref().and_then(|members| members.get($member)) {
            const LIMIT: $crate::limits::Limit = $crate::limits::fields!(@limit $($limit)*);
            LIMIT.check(value, &$at.key($member), $found);
        }
    };
    (@check $value:expr, $at:expr, $found:ident, [total $inner:ident $($limit:tt)*]) => {{
        const LIMIT: $crate::limits::Limit = $crate::limits::fields!(@limit $($limit)*);
        let total: Vec<_> = $value.iter().flat_map(|list| &list.$inner).collect();
        LIMIT.check(&total, &$crate::limits::FieldPath::All($at).key(stringify!($inner)), $found);
    }};
    (@limit $of:ident $min:literal $max:literal $(in $unit:literal)? $(or $or:literal)?) => {
        $crate::limits::Limit::new($crate::limits::Measure::$of, $min, $max)
            $(.unit($unit))?
            $(.or($or))?
    };
}
pub(crate) use fields;

/// Defines the alternatives whose content has limits, each with the key of its content; without a key, the content is
/// the object itself.
macro_rules! variants {
    ($name:ident; $($key:literal $variant:ident,)*) => {
        impl $crate::limits::Limited for $name {
            fn visit(&self, at: &$crate::limits::FieldPath<'_>, found: &mut Vec<$crate::limits::Breach>) {
                match self {
                    $(Self::$variant(held) => {
                        $crate::limits::Limited::visit(held, &at.key($key), found)
                    })*
                    Self::Unknown(held) => $crate::limits::undocumented(held, at, found),
                    #[allow(unreachable_patterns, reason = "all alternatives may have limits")]
                    _ => {}
                }
            }
        }
    };
}
pub(crate) use variants;
