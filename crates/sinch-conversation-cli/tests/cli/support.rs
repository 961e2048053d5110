//! A sandbox with an app, a contact and a conversation, and the program with settings for it.

use std::path::Path;
use std::process::{Command, Output};

use doctest::Setup;
use sinch_conversation_sandbox::Sandbox;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The program, as it was built for the tests.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_sinch-conversation");

/// A running sandbox, and an empty home folder.
pub(crate) struct Stage {
    pub(crate) setup: Setup,
    pub(crate) home: TempDir,
    pub(crate) runtime: Runtime,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        Self {
            setup: runtime.block_on(Setup::start()).unwrap(),
            home: TempDir::new().unwrap(),
            runtime,
        }
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.setup.sandbox
    }

    /// Returns the variables that lead to the sandbox.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let endpoints = self.sandbox().endpoints();
        vec![
            ("SINCH_PROJECT_ID", endpoints.project_id().to_owned()),
            ("SINCH_KEY_ID", endpoints.key_id().to_owned()),
            ("SINCH_KEY_SECRET", endpoints.key_secret().to_owned()),
            ("SINCH_APP_ID", self.setup.app.id().unwrap().to_string()),
            (
                "SINCH_CONVERSATION_URL",
                endpoints.conversation().to_owned(),
            ),
            ("SINCH_TEMPLATE_URL", endpoints.template().to_owned()),
            ("SINCH_BATCH_URL", endpoints.batch().to_owned()),
            ("SINCH_AUTH_URL", endpoints.auth().to_owned()),
        ]
    }

    /// Returns the program with settings for the sandbox.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.home.path(), arguments);
        command.envs(self.variables());
        command
    }

    /// Runs the program with settings for the sandbox.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

/// Returns the program with a home folder and no settings.
pub(crate) fn program(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).env_clear().env("HOME", home);
    // Not the keyring of whoever runs the tests.
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null");
    command
}

/// Says that a test is skipped because a program is not installed.
///
/// # Panics
///
/// The variable is 1, by which it has to be there.
pub(crate) fn skip(program: &str, package: &str, variable: &str) {
    let is_required = std::env::var(variable).is_ok_and(|value| value == "1");
    assert!(
        !is_required,
        "{variable} is set, and {program} is not there"
    );
    eprintln!("skipped: {program} is not there; install the package {package}");
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
