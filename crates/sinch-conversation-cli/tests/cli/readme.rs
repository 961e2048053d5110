//! The README's transcripts of several terminals: each command is run on one, and shows what stands there. Ids, times,
//! ports and durations differ.

use std::collections::BTreeSet;
use std::process::Command;

use crate::receiver::Target;
use crate::screen::{CTRL_C, Screen, on_terminal};
use crate::support::{Stage, program};

const README: &str = include_str!("../../README.md");

/// A command, and what it shows.
struct Step {
    command: String,
    shown: Vec<String>,
}

/// A terminal of the README: a folder, variables, and what was shown last.
struct Terminal<'a> {
    home: &'a std::path::Path,
    variables: Vec<(String, String)>,
    last: String,
}

/// Returns the transcripts of a section, each with its steps.
fn transcripts(section: &str) -> Vec<Vec<Step>> {
    let start = README.split_once(&format!("\n## {section}\n")).unwrap().1;
    let text = start.split("\n## ").next().unwrap();
    let blocks = text.split("```text\n").skip(1);
    blocks
        .map(|block| steps(block.split("```").next().unwrap()))
        .collect()
}

fn steps(block: &str) -> Vec<Step> {
    let joined = block.replace("\\\n", " ");
    let mut steps: Vec<Step> = Vec::new();
    for line in joined.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => steps.push(Step {
                command: command.to_owned(),
                shown: Vec::new(),
            }),
            None => steps.last_mut().unwrap().shown.push(line.to_owned()),
        }
    }
    steps
}

impl<'a> Terminal<'a> {
    fn of(stage: &'a Stage) -> Self {
        let variables = stage.variables().into_iter();
        Self {
            home: stage.home.path(),
            variables: variables.map(|(name, it)| (name.to_owned(), it)).collect(),
            last: String::new(),
        }
    }

    fn command(&self, line: &str) -> Command {
        let words = shlex::split(line).unwrap();
        let (name, arguments) = words.split_first().unwrap();
        assert_eq!(name, "sinch-conversation");
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = program(self.home, &arguments);
        command
            .envs(self.variables.iter().cloned())
            .env("TERM", "xterm-256color")
            .current_dir(self.home);
        command
    }

    /// Does what a step says, and compares what it shows.
    fn run(&mut self, step: &Step) {
        let export = step.command.strip_prefix("export ");
        if let Some((name, _)) = export.and_then(|it| it.split_once('=')) {
            let value = self.last.trim().to_owned();
            self.variables.push((name.to_owned(), value));
        } else if let Some(file) = step.command.strip_prefix("cat ") {
            std::fs::write(self.home.join(file), step.shown.join("\n")).unwrap();
        } else {
            let (shown, status) = on_terminal(&self.command(&step.command), "");
            assert!(status.success(), "{}: {shown}", step.command);
            let lines: Vec<String> = shown.lines().map(alike).collect();
            let expected: Vec<String> = step.shown.iter().map(|line| alike(line)).collect();
            assert_eq!(lines, expected, "{}", step.command);
            self.last = shown;
        }
    }
}

/// Returns a line without what differs from one run to the next.
fn alike(line: &str) -> String {
    // What was drawn over is not seen.
    let line = line.rsplit("\u{1b}[2K").next().unwrap();
    if line.starts_with('█') {
        return "a bar".to_owned();
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let next = words.iter().skip(1).chain([&""]);
    let words: Vec<String> = words
        .iter()
        .zip(next)
        .map(|(word, next)| match *word {
            _ if *next == "ms" => "N".to_owned(),
            word if word.starts_with('#') => "#N".to_owned(),
            word if word.starts_with("01") && (word.len() == 26 || word.ends_with("...")) => {
                "ID".to_owned()
            }
            word if word.starts_with("http://127.0.0.1:") => "ADDRESS".to_owned(),
            word if word.contains(':') && word.as_bytes()[0].is_ascii_digit() => "TIME".to_owned(),
            word => word.to_owned(),
        })
        .collect();
    words.join(" ")
}

/// Returns the callbacks among the lines, each with what was done with it. They may arrive in another order.
fn callbacks(lines: impl Iterator<Item = String>) -> BTreeSet<Vec<String>> {
    let mut all: Vec<Vec<String>> = Vec::new();
    for line in lines.map(|line| alike(&line)) {
        match (line.starts_with(['-', '<']), all.last_mut()) {
            (true, Some(callback)) => callback.push(line),
            _ => all.push(vec![line]),
        }
    }
    all.into_iter().collect()
}

/// Waits until a `listen` shows as many lines as the README has of it, ends it with Ctrl-C, and compares.
fn ends_like(mut screen: Screen, expected: &[String]) {
    screen.wait_until(|shown| shown.lines().count() >= expected.len());
    screen.types(CTRL_C);
    let (shown, status) = screen.end();
    assert!(status.success(), "{shown}");
    let lines = shown.lines().map(|line| line.trim_start_matches("^C"));
    let lines = lines.filter(|line| !line.is_empty()).map(str::to_owned);
    assert_eq!(callbacks(lines), callbacks(expected.iter().cloned()));
}

#[test]
fn listen_next_to_send() {
    let stage = Stage::new();
    let program = Target::start(&stage.runtime, 200);
    let [listen, send] = transcripts("Receive").try_into().ok().unwrap();
    let [listen] = listen.try_into().ok().unwrap();
    let local = |text: &str| text.replace("http://localhost:3000", &program.url);
    let mut terminal = Terminal::of(&stage);
    let screen = Screen::start(&terminal.command(&local(&listen.command)));
    screen.wait_for("is ready");
    send.iter().for_each(|step| terminal.run(step));
    let expected: Vec<String> = listen.shown.iter().map(|line| local(line)).collect();
    ends_like(screen, &expected);
}

#[test]
fn from_nothing_to_an_answered_message() {
    let home = tempfile::tempdir().unwrap();
    let [start, here, there] = transcripts("Sandbox and scripts").try_into().ok().unwrap();
    let mut terminal = Terminal {
        home: home.path(),
        variables: vec![("SINCH_SANDBOX_LISTEN".to_owned(), "127.0.0.1:0".to_owned())],
        last: String::new(),
    };
    let mut sandbox = Screen::start(&terminal.command(&start[0].command));
    let shown = sandbox.wait_until(|shown| shown.contains("SINCH_AUTH_URL") && ends(shown));
    let exports = shown.lines().filter_map(|it| it.strip_prefix("export "));
    let exports = exports.map(|line| line.split_once('=').unwrap());
    terminal
        .variables
        .extend(exports.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let (listen, before) = here.split_last().unwrap();
    before.iter().for_each(|step| terminal.run(step));
    let screen = Screen::start(&terminal.command(&listen.command));
    screen.wait_for("is ready");
    let (look, steps) = there.split_last().unwrap();
    steps.iter().for_each(|step| terminal.run(step));
    // The answer is sent before it is written.
    ends_like(screen, &listen.shown);
    terminal.run(look);
    sandbox.types(CTRL_C);
    assert!(sandbox.end().1.success());
}

fn ends(shown: &str) -> bool {
    shown.ends_with('\n')
}

#[test]
fn send_to_many() {
    let stage = Stage::new();
    let mut terminal = Terminal::of(&stage);
    let [steps] = transcripts("Send to many").try_into().ok().unwrap();
    steps.iter().for_each(|step| terminal.run(step));
}

#[test]
fn a_script() {
    let stage = Stage::new();
    let script = README.split("```toml\n").nth(1).unwrap();
    let file = stage.home.path().join("script.toml");
    std::fs::write(&file, script.split("```").next().unwrap()).unwrap();
    let output = stage.run(&["fixtures", "run", file.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
}
