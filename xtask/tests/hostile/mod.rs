//! Documents that are invalid, too large or malicious: they cause an error with its place, or correct code.

mod names;
mod prose;
mod shapes;
mod size;

use serde_json::Value;

use crate::checkout::{Checkout, Ended, published};

/// Returns the small conversation document.
fn small() -> Value {
    xtask::document::parse(&published(), "small").unwrap()
}

impl Checkout {
    /// Reads a text as the conversation document.
    fn take(&self, document: &str, arguments: &[&str]) -> Ended {
        std::fs::write(self.path("new.yaml"), document).unwrap();
        let regen = ["regen", "--from", "new.yaml", "--document", "conversation"];
        let ended = self.xtask(&[&regen, arguments].concat());
        std::fs::remove_file(self.path("new.yaml")).unwrap();
        ended
    }

    /// Checks that a document is refused with one line that contains these texts, and nothing is written.
    #[track_caller]
    fn refuses(&self, document: &str, expected: &[&str]) {
        let before = self.state();
        let ended = self.take(document, &[]);
        assert_eq!(ended.code, 2, "{expected:?}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        for words in expected {
            assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
        }
        assert!(ended.stderr.contains("; "), "a remedy: {}", ended.stderr);
        assert_eq!(self.changed_since(&before), Vec::<String>::new());
    }

    /// Checks that a document is refused after an edit.
    #[track_caller]
    fn refuses_edit(&self, edit: impl FnOnce(&mut Value), expected: &[&str]) {
        let mut document = small();
        edit(&mut document);
        self.refuses(&document.to_string(), expected);
    }
}
