//! Commands and what they write, as a person would paste them. Each file has a sandbox of its own.
//!
//! `TRYCMD=overwrite` writes them anew.

use crate::support::{PROGRAM, Stage};

fn transcript(file: &str) {
    let stage = Stage::new();
    let url = stage.sandbox().endpoints().conversation().to_owned();
    let cases = trycmd::TestCases::new();
    cases
        .register_bin("sinch-conversation", std::path::Path::new(PROGRAM))
        .env("HOME", stage.home.path().to_str().unwrap())
        .env("XDG_CONFIG_HOME", "");
    for (name, value) in stage.variables() {
        cases.env(name, value);
    }
    let setup = &stage.setup;
    let known = [
        ("[URL]", url),
        ("[WEBHOOK]", setup.webhook.to_string()),
        ("[CONVERSATION]", setup.conversation.to_string()),
        ("[MESSAGE]", setup.message.to_string()),
    ];
    cases.extend_vars(known).unwrap();
    cases.case(file);
    cases.run();
}

macro_rules! transcripts {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            transcript(concat!("tests/transcripts/", stringify!($name), ".md"));
        }
    )*};
}

transcripts! { api callbacks doctor help profiles resources sandbox send }

#[test]
fn readme() {
    transcript("README.md");
}
