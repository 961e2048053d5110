//! Documents that are wrong, too large or malicious: an error that says where, or code that is what it should be.

mod names;
mod prose;
mod shapes;
mod size;

use serde_json::Value;

use crate::checkout::{Checkout, Ended, published};

/// The small conversation document, to be spoilt.
fn small() -> Value {
    xtask::document::parse(&published(), "small").unwrap()
}

impl Checkout {
    /// Takes a text in as the conversation document.
    fn take(&self, document: &str, arguments: &[&str]) -> Ended {
        std::fs::write(self.path("new.yaml"), document).unwrap();
        let regen = ["regen", "--from", "new.yaml", "--document", "conversation"];
        let ended = self.xtask(&[&regen, arguments].concat());
        std::fs::remove_file(self.path("new.yaml")).unwrap();
        ended
    }

    /// It is refused with one line that has these words in it, and nothing is written.
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

    /// It is refused once it is spoilt so.
    #[track_caller]
    fn refuses_edit(&self, edit: impl FnOnce(&mut Value), expected: &[&str]) {
        let mut document = small();
        edit(&mut document);
        self.refuses(&document.to_string(), expected);
    }
}
