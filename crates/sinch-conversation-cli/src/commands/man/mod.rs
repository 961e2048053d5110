//! `man`: manual pages.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Failure};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Write a page for each command into this folder, in place of the first page to stdout
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let mut command = super::definition();
        command.build();
        let Some(folder) = self.folder else {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            return context.output().text(&page);
        };
        clap_mangen::generate_to(command, &folder)
            .map_err(|error| Failure::new(Exit::Failed, format!("{}: {error}", folder.display())))
    }
}
