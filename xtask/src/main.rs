//! `cargo xtask`: updates documents, generates the raw crate, compares and checks documents.

use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};
use serde_json::Value;
use xtask::{
    compiles,
    deadline::{self, within},
    diff::{self, Version},
    document::{self, DocumentError, standalone},
    lint,
    overlay::Overlay,
    pipeline::{self, Input},
    regen::{self, Origin, RegenPlan},
    source::{FetchLimits, Location, SPEC, SourcesFile},
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
        /// Change nothing; fail if the generated files are out of date.
        #[arg(long, conflicts_with_all = ["pull", "from"])]
        check: bool,
        /// First download the documents that have an address in spec/sources.toml.
        #[arg(long, conflicts_with = "from")]
        pull: bool,
        /// First read one document from a file or an https address.
        #[arg(long, value_name = "FILE|URL", requires = "document")]
        from: Option<String>,
        /// The name of the document for --from, as in spec/sources.toml.
        #[arg(long, value_name = "NAME")]
        document: Option<String>,
        /// Check that the raw crate compiles before anything is written.
        #[arg(long)]
        check_compiles: bool,
    },
    /// Compare documents by meaning, and the crate before and after; without files, spec/ with the last commit.
    Diff {
        /// The older document.
        #[arg(requires = "new")]
        old: Option<PathBuf>,
        /// The newer document.
        new: Option<PathBuf>,
        /// The document that the files are versions of, if the file names do not say it.
        #[arg(long, value_name = "NAME", requires = "new")]
        document: Option<String>,
        /// Fail if a change is breaking for users of the raw crate.
        #[arg(long)]
        fail_on_breaking: bool,
    },
    /// List the quirks of documents; without files, of those in spec/.
    Lint {
        /// The documents.
        files: Vec<PathBuf>,
    },
}

/// The most places that `lint` lists for each quirk.
const LINT_SHOWN: usize = 10;

/// Prints a text. A closed output (`| head`) is not an error.
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
        } => {
            let origin = match (pull, from, document) {
                (true, _, _) => Origin::Pull,
                (_, Some(from), Some(document)) => Origin::From {
                    document,
                    location: Location::parse(&from)?,
                },
                _ => Origin::Disk,
            };
            let plan = regen::plan(&root, &origin, &FetchLimits::default())?;
            if check_compiles {
                compiles::check(&root, &plan.files)?;
            }
            finish(&root, &plan, check)
        }
        Task::Diff {
            old,
            new,
            document,
            fail_on_breaking,
        } => compare(&root, old.zip(new), document.as_deref(), fail_on_breaking),
        Task::Lint { files } => check_documents(&root, files),
    }
}

/// Returns the root of the workspace, which contains this crate's folder.
fn root() -> Result<PathBuf> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = here
        .parent()
        .context("the root of the workspace is unknown; run it as `cargo xtask`")?;
    Ok(root.to_owned())
}

/// Writes the plan, or reports what is out of date.
fn finish(root: &Path, plan: &RegenPlan, check: bool) -> Result<ExitCode> {
    if check {
        let stale = plan.stale(root)?;
        for path in &stale {
            eprintln!("{} is out of date", path.display());
        }
        if !stale.is_empty() {
            eprintln!("run `cargo xtask regen` and commit the changes");
            return Ok(ExitCode::FAILURE);
        }
        say(&plan.summary(&[]));
        return Ok(ExitCode::SUCCESS);
    }
    let differences = plan.differences()?;
    let changed = plan.write(root)?;
    if let Some(markdown) = differences {
        say(&format!("{markdown}\n"));
    }
    say(&plan.summary(&changed));
    Ok(ExitCode::SUCCESS)
}

fn compare(
    root: &Path,
    files: Option<(PathBuf, PathBuf)>,
    document: Option<&str>,
    fail_on_breaking: bool,
) -> Result<ExitCode> {
    let (old, new) = match files {
        Some((old, new)) => {
            let name = document.map(str::to_owned).or(named(root, [&new, &old])?);
            let with = |file: &Path| with_file(root, file, name.as_deref());
            (with(&old)?, with(&new)?)
        }
        None => (committed(root)?, inputs(root)?),
    };
    let report = within(deadline::LIMIT, move || {
        Ok::<_, DocumentError>(diff::compare(&Version::of(&old)?, &Version::of(&new)?))
    })??;
    say(&report.to_markdown());
    Ok(if report.is_breaking() && fail_on_breaking {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Returns the document that one of the files is a version of, by the name of the file.
fn named(root: &Path, files: [&PathBuf; 2]) -> Result<Option<String>> {
    let sources = SourcesFile::load(root)?;
    let stems = files.map(|file| file.file_stem().and_then(OsStr::to_str));
    let mut names = sources.sources().iter().map(|source| source.name.clone());
    Ok(names.find(|name| stems.contains(&Some(name))))
}

/// Returns the documents in spec/ with one replaced by a file; without a name, the file alone.
fn with_file(root: &Path, file: &Path, name: Option<&str>) -> Result<Vec<Input>> {
    let origin = shown(root, file);
    let tree = read(file, &origin)?;
    let Some(name) = name else {
        return Ok(vec![pipeline::loose(tree, &origin)]);
    };
    let mut inputs = inputs(root)?;
    let input = inputs.iter_mut().find(|input| input.name == name);
    let input = input.with_context(|| {
        format!(
            "spec/sources.toml has no document {name}; omit the name to compare the files alone"
        )
    })?;
    (input.tree, input.origin) = (tree, origin);
    Ok(inputs)
}

/// Returns the documents in the `spec` folder of a checkout.
fn inputs(root: &Path) -> Result<Vec<Input>> {
    let sources = SourcesFile::load(root)?;
    let inputs = sources.sources().iter().map(|source| {
        let origin = source.path();
        Ok(Input {
            name: source.name.clone(),
            tree: read(&root.join(&origin), &origin)?,
            overlays: Overlay::read_all(&root.join(SPEC), &source.name)?,
            origin,
        })
    });
    inputs.collect()
}

/// Returns the documents of the last commit, with its overlays.
fn committed(root: &Path) -> Result<Vec<Input>> {
    let git = |arguments: &[&str]| -> Result<Vec<u8>> {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(root)
            .output()?;
        ensure!(
            output.status.success(),
            "{SPEC} is not in the last commit; commit it, or name two files to compare"
        );
        Ok(output.stdout)
    };
    let folder = tempfile::tempdir()?;
    let listed = git(&["ls-tree", "-r", "-z", "--name-only", "HEAD", "--", SPEC])?;
    for path in String::from_utf8(listed)?.split_terminator('\0') {
        let target = folder.path().join(path);
        fs::create_dir_all(target.parent().unwrap_or(folder.path()))?;
        fs::write(target, git(&["show", &format!("HEAD:./{path}")])?)?;
    }
    let mut inputs = inputs(folder.path())?;
    for input in &mut inputs {
        input.origin.push_str(" of the last commit");
    }
    Ok(inputs)
}

fn check_documents(root: &Path, mut files: Vec<PathBuf>) -> Result<ExitCode> {
    if files.is_empty() {
        let list = SourcesFile::load(root)?;
        files.extend(list.sources().iter().map(|source| root.join(source.path())));
    }
    for file in files {
        let tree = standalone(&read(&file, &shown(root, &file))?);
        let findings = within(deadline::LIMIT, move || lint::lint(&tree))?;
        say(&format!(
            "{}\n{}\n",
            shown(root, &file),
            lint::to_markdown(&findings, LINT_SHOWN)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the path as a maintainer would type it.
fn shown(root: &Path, file: &Path) -> String {
    let path = file.strip_prefix(root).unwrap_or(file);
    path.display().to_string()
}

/// Reads a single document.
fn read(file: &Path, origin: &str) -> Result<Value> {
    let text = fs::read_to_string(file).with_context(|| origin.to_owned())?;
    Ok(document::parse(&text, origin)?)
}
