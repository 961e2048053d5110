//! Why no connection was made, in the words of the parts that tried.

use std::error::Error as StdError;
use std::fmt;

use super::one_line;

/// The causes of a failed connection, such as `tcp connect error: Connection refused (os error 111)`. They name hosts
/// at most.
pub(super) struct ConnectCause<'a>(pub(super) &'a (dyn StdError + 'static));

impl fmt::Display for ConnectCause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts: Vec<String> = Vec::new();
        // The outermost ones only say that a request failed.
        let outer = usize::from(self.0.is::<reqwest::Error>()) * 2;
        let causes = std::iter::successors(Some(self.0), |cause| StdError::source(*cause));
        for cause in causes.skip(outer) {
            let text = cause.to_string();
            // Some errors show their source themselves.
            texts.retain(|outer| *outer != text);
            match texts.last_mut() {
                Some(outer) if outer.ends_with(&text) => {}
                _ => texts.push(text),
            }
        }
        f.write_str(&one_line(&texts.join(": ")))
    }
}
