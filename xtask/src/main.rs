//! `cargo xtask`: takes in documents, generates the raw crate, compares and checks documents.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};
use serde_json::Value;
use xtask::{
    budget, compiles,
    deadline::{self, within},
    diff,
    document::{self, standalone},
    lint,
    regen::{self, Origin, Plan},
    source::{Limits, Location, SourcesFile},
};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Maintenance of the OpenAPI documents and the raw crate"
)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate the raw crate and the sandbox's contract from the documents in spec/.
    Regen {
        /// Change nothing; fail if the generated files are not what the documents give.
        #[arg(long, conflicts_with_all = ["pull", "from"])]
        check: bool,
        /// First download the documents that have an address in spec/sources.toml.
        #[arg(long, conflicts_with = "from")]
        pull: bool,
        /// First take in one document from a file or address.
        #[arg(long, value_name = "FILE|URL", requires = "document")]
        from: Option<String>,
        /// Name of the document that --from gives, as in spec/sources.toml.
        #[arg(long, value_name = "NAME")]
        document: Option<String>,
        /// Before anything is written, see whether the raw crate compiles with what would be.
        #[arg(long)]
        check_compiles: bool,
        /// Then measure `cargo check` of the raw crate against that of its dependencies; takes a minute.
        #[arg(long)]
        budget: bool,
    },
    /// Compare two documents by meaning; without files, the ones in spec/ with those of the last commit.
    Diff {
        /// The older document.
        #[arg(requires = "new")]
        old: Option<PathBuf>,
        /// The newer document.
        new: Option<PathBuf>,
        /// Fail if a caller of the raw crate would have to change.
        #[arg(long)]
        fail_on_breaking: bool,
    },
    /// List the quirks of documents; without files, of those in spec/.
    Lint {
        /// The documents.
        files: Vec<PathBuf>,
    },
}

/// Places that `lint` names of each quirk.
const LINT_SHOWN: usize = 10;

/// Prints a text. A reader that has gone away (`| head`) has seen what it wanted.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let root = root()?;
    match task {
        Task::Regen {
            check,
            pull,
            from,
            document,
            check_compiles,
            budget,
        } => {
            let origin = match (pull, from, document) {
                (true, _, _) => Origin::Pull,
                (_, Some(from), Some(document)) => Origin::From {
                    document,
                    location: Location::parse(&from)?,
                },
                _ => Origin::Disk,
            };
            let plan = regen::plan(&root, &origin, &Limits::default())?;
            if check_compiles {
                compiles::check(&root, &plan.files)?;
            }
            let code = finish(&root, &plan, check)?;
            if budget {
                print_budget(&root)?;
            }
            Ok(code)
        }
        Task::Diff {
            old,
            new,
            fail_on_breaking,
        } => compare(&root, old.zip(new), fail_on_breaking),
        Task::Lint { files } => check_documents(&root, files),
    }
}

/// The folder of the workspace: the one above this crate's.
fn root() -> Result<PathBuf> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = here
        .parent()
        .context("the workspace has no folder; run it as `cargo xtask`")?;
    Ok(root.to_owned())
}

/// Writes the plan, or says what it would write.
fn finish(root: &Path, plan: &Plan, check: bool) -> Result<ExitCode> {
    if check {
        let stale = plan.stale(root)?;
        for path in &stale {
            eprintln!("{} is not what the documents give", path.display());
        }
        if !stale.is_empty() {
            eprintln!("run `cargo xtask regen` and commit what it changes");
            return Ok(ExitCode::FAILURE);
        }
        say(&plan.summary(&[]));
        return Ok(ExitCode::SUCCESS);
    }
    let differences = plan.differences()?;
    let changed = plan.write(root)?;
    for (document, markdown) in differences {
        say(&format!("## {document}\n\n{markdown}\n"));
    }
    say(&plan.summary(&changed));
    Ok(ExitCode::SUCCESS)
}

fn print_budget(root: &Path) -> Result<()> {
    let budget = budget::measure(root)?;
    say(&format!(
        "cargo check: {:.1} s for this crate, {:.1} s for its dependencies ({:.0} %)\n",
        budget.own.as_secs_f64(),
        budget.dependencies.as_secs_f64(),
        100.0 * budget.own.as_secs_f64() / budget.dependencies.as_secs_f64()
    ));
    Ok(())
}

fn compare(
    root: &Path,
    files: Option<(PathBuf, PathBuf)>,
    fail_on_breaking: bool,
) -> Result<ExitCode> {
    let mut breaking = false;
    let pairs = match files {
        Some((old, new)) => vec![(String::new(), read(root, &old)?, read(root, &new)?)],
        None => committed(root)?,
    };
    for (title, old, new) in pairs {
        let report = within(deadline::LIMIT, move || diff::compare(&old, &new))??;
        breaking |= report.is_breaking();
        say(&format!("{title}{}\n", report.to_markdown()));
    }
    Ok(match breaking && fail_on_breaking {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// The documents of the last commit beside those on disk, each pair with a title.
fn committed(root: &Path) -> Result<Vec<(String, Value, Value)>> {
    let mut pairs = Vec::new();
    for source in SourcesFile::load(root)?.sources() {
        let path = source.path();
        let shown = Command::new("git")
            .args(["show", &format!("HEAD:{path}")])
            .current_dir(root)
            .output()?;
        ensure!(
            shown.status.success(),
            "{path} is not in the last commit; commit it, or name two files to compare"
        );
        let origin = format!("{path} of the last commit");
        let old = standalone(&document::parse(str::from_utf8(&shown.stdout)?, &origin)?);
        let new = read(root, &root.join(path))?;
        pairs.push((format!("## {}\n\n", source.name), old, new));
    }
    Ok(pairs)
}

fn check_documents(root: &Path, mut files: Vec<PathBuf>) -> Result<ExitCode> {
    if files.is_empty() {
        let list = SourcesFile::load(root)?;
        files.extend(list.sources().iter().map(|source| root.join(source.path())));
    }
    for file in files {
        let tree = read(root, &file)?;
        let findings = within(deadline::LIMIT, move || lint::lint(&tree))?;
        say(&format!(
            "{}\n{}\n",
            shown(root, &file),
            lint::to_markdown(&findings, LINT_SHOWN)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The path as a maintainer would type it.
fn shown(root: &Path, file: &Path) -> String {
    let path = file.strip_prefix(root).unwrap_or(file);
    path.display().to_string()
}

/// One document by itself.
fn read(root: &Path, file: &Path) -> Result<Value> {
    let shown = shown(root, file);
    let text = fs::read_to_string(file).with_context(|| shown.clone())?;
    Ok(standalone(&document::parse(&text, &shown)?))
}
