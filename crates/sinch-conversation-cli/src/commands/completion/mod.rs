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
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        context.output().text(&script)
    }
}
