//! `completion`: scripts for shells.

use clap::Args;
use clap_complete::Shell;

use crate::context::Context;
use crate::error::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Shell to write the script for
    shell: Shell,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let mut script = Vec::new();
        let mut command = super::definition();
        let name = command.get_name().to_owned();
        clap_complete::generate(self.shell, &mut command, name.as_str(), &mut script);
        if self.shell == Shell::Bash {
            script = with_one_name(&script, &name);
        }
        context.output().text(&script)
    }
}

/// Returns a script for bash in which the program has one name. In clap_complete 4.6 a name with a hyphen has two, and so no
/// command is completed.
fn with_one_name(script: &[u8], name: &str) -> Vec<u8> {
    let [wrong, right] = ["__subcmd__", "__"].map(|hyphen| name.replace('-', hyphen));
    let script = String::from_utf8_lossy(script);
    script.replace(&wrong, &right).into_bytes()
}
