//! The generator alone, on the normalised document, so that it can be measured next to `regen`.
//!
//! `generator normalise FILE` writes the document, `generator generate FILE` generates from it and writes nothing.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use xtask::generate;
use xtask::regen::{Origin, plan};
use xtask::source::FetchLimits;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, file] = &arguments[..] else {
        bail!("usage: generator normalise|generate FILE");
    };
    match task.as_str() {
        "normalise" => {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
            let root = root.context("xtask is in a workspace")?;
            let plan = plan(root, &Origin::Disk, &FetchLimits::default())?;
            fs::write(file, serde_json::to_vec(&plan.normalised.document)?)?;
        }
        "generate" => {
            let document = serde_json::from_slice(&fs::read(file)?)?;
            let generated = generate::generate(&document)?;
            println!("{} documents", generated.len());
        }
        _ => bail!("there is no {task}"),
    }
    Ok(())
}
