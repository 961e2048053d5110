//! Where an app lives.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, InvalidArgument, Problem};

/// The region of an app. There is no default: an app is only found in its own region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// United States, `us`.
    Us,
    /// European Union, `eu`.
    Eu,
    /// Brazil, `br`.
    Br,
}

impl Region {
    /// The name used in host names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Br => "br",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Region {
    type Err = Error;

    /// Reads `us`, `eu` or `br`, case-insensitive.
    fn from_str(name: &str) -> Result<Self, Error> {
        [Self::Us, Self::Eu, Self::Br]
            .into_iter()
            .find(|region| region.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                InvalidArgument::one(
                    "region",
                    Problem::Malformed {
                        expected: "`us`, `eu` or `br`",
                    },
                )
                .into()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_names_are_read_in_any_case() {
        assert_eq!("EU".parse::<Region>().unwrap(), Region::Eu);
        assert!("apac".parse::<Region>().is_err());
        assert!("".parse::<Region>().is_err());
    }
}
