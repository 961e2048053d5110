//! `cargo xtask`: takes in documents, generates the raw crate, compares and checks documents.

use std::{
    fmt::Display,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::{Parser, Subcommand};
use serde_json::Value;
use xtask::{
    budget, compiles,
    deadline::{self, within},
    diff,
    document::{self, DocumentError, standalone},
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

/// What went wrong, in words; there is nobody here to match on it.
struct Failure(String);

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Prints a text. A reader that has gone away (`| head`) has seen what it wanted.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(Failure(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(task: Task) -> Result<ExitCode, Failure> {
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
fn root() -> Result<PathBuf, Failure> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = here
        .parent()
        .ok_or("the workspace has no folder; run it as `cargo xtask`")?;
    Ok(root.to_owned())
}

/// Writes the plan, or says what it would write.
fn finish(root: &Path, plan: &Plan, check: bool) -> Result<ExitCode, Failure> {
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

fn print_budget(root: &Path) -> Result<(), Failure> {
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
) -> Result<ExitCode, Failure> {
    let mut breaking = false;
    let pairs = match files {
        Some((old, new)) => vec![Pair {
            title: String::new(),
            old: Side::read(&old, old.display().to_string())?,
            new: Side::read(&new, new.display().to_string())?,
        }],
        None => committed(root)?,
    };
    for Pair { title, old, new } in pairs {
        let (old, new) = (old.tree()?, new.tree()?);
        let report = within(deadline::LIMIT, move || diff::compare(&old, &new))??;
        breaking |= report.is_breaking();
        say(&format!("{title}{}\n", report.to_markdown()));
    }
    Ok(if breaking && fail_on_breaking {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Two documents to compare.
struct Pair {
    title: String,
    old: Side,
    new: Side,
}

/// One of them: its text, and what it is called in errors.
struct Side {
    text: String,
    origin: String,
}

impl Side {
    fn read(path: &Path, origin: String) -> Result<Self, Failure> {
        Ok(Self {
            text: read(path)?,
            origin,
        })
    }

    fn tree(&self) -> Result<Value, DocumentError> {
        document::parse(&self.text, &self.origin).map(|tree| standalone(&tree))
    }
}

/// The documents of the last commit beside those on disk.
fn committed(root: &Path) -> Result<Vec<Pair>, Failure> {
    let sources = SourcesFile::load(root)?;
    let mut pairs = Vec::new();
    for source in sources.sources() {
        let path = source.path();
        let shown = Command::new("git")
            .args(["show", &format!("HEAD:{path}")])
            .current_dir(root)
            .output()?;
        if !shown.status.success() {
            return Err(Failure(format!(
                "{path} is not in the last commit; commit it, or name two files to compare"
            )));
        }
        pairs.push(Pair {
            title: format!("## {}\n\n", source.name),
            old: Side {
                text: String::from_utf8(shown.stdout)?,
                origin: format!("{path} of the last commit"),
            },
            new: Side::read(&root.join(&path), path)?,
        });
    }
    Ok(pairs)
}

fn check_documents(root: &Path, files: Vec<PathBuf>) -> Result<ExitCode, Failure> {
    let files = match files.is_empty() {
        true => SourcesFile::load(root)?
            .sources()
            .iter()
            .map(|source| root.join(source.path()))
            .collect(),
        false => files,
    };
    for file in files {
        let shown = file
            .strip_prefix(root)
            .unwrap_or(&file)
            .display()
            .to_string();
        let tree = document::parse(&read(&file)?, &shown)?;
        let findings = within(deadline::LIMIT, move || lint::lint(&standalone(&tree)))?;
        say(&format!(
            "{shown}\n{}\n",
            lint::to_markdown(&findings, LINT_SHOWN)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure(format!("{}: {error}", path.display())))
}
