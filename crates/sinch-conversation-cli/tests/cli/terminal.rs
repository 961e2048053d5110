//! On a terminal, which is a pseudo terminal here: tables, questions, colours.

use std::process::Command;

#[cfg(target_os = "linux")]
use crate::screen::Screen;
use crate::screen::on_terminal;
use crate::support::{Stage, program};

#[test]
fn a_list_is_a_table() {
    let stage = Stage::new();
    let (shown, status) = on_terminal(&stage.command(&["contacts", "list"]), "");
    assert!(status.success());
    let lines: Vec<&str> = shown.lines().collect();
    assert!(
        lines[0].starts_with("ID ") && lines[0].contains("DISPLAY_NAME"),
        "{shown}"
    );
    assert!(
        lines[1].starts_with("01JSANDB0X00000000000000C0 ") && lines[1].contains("Ada"),
        "{shown}"
    );
    assert!(
        lines.iter().all(|line| line.trim_end() == *line),
        "{shown:?}"
    );
}

#[test]
fn a_deletion_is_asked_about() {
    let stage = Stage::new();
    let contact = stage.setup.contact.to_string();
    let delete = ["contacts", "delete", &contact];
    let (shown, status) = on_terminal(&stage.command(&delete), "n\n");
    assert!(shown.contains("cannot be undone"), "{shown}");
    assert_eq!(status.code(), Some(1));
    assert!(stage.run(&["contacts", "get", &contact]).status.success());
    let (_, status) = on_terminal(&stage.command(&delete), "y\n");
    assert_eq!(status.code(), Some(0));
    assert_eq!(
        stage.run(&["contacts", "get", &contact]).status.code(),
        Some(4)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_login_asks_and_does_not_show_the_secret() {
    let stage = Stage::new();
    let url = stage.sandbox().endpoints().conversation();
    let login = ["auth", "login", "--endpoint", url, "--no-check"];
    let command = program(stage.home.path(), &login);
    let mut screen = Screen::start(&command);
    screen.types("a-project\na-key\n");
    screen.wait_for("Key secret: ");
    screen.types_secretly("the-s3cret\n");
    let (shown, status) = screen.end();
    assert!(status.success(), "{shown}");
    assert!(
        shown.contains("Project id: ") && shown.contains("Key id: "),
        "{shown}"
    );
    assert!(!shown.contains("the-s3cret"), "{shown}");
    let file = stage
        .home
        .path()
        .join(".config/sinch-conversation/config.toml");
    assert!(
        std::fs::read_to_string(file)
            .unwrap()
            .contains("the-s3cret")
    );

    let mut command = program(stage.home.path(), &login);
    command.env("SINCH_KEY_SECRET", "the-s3cret");
    let (shown, status) = on_terminal(&command, "a-project\na-key\n");
    assert!(status.success(), "{shown}");
    assert!(!shown.contains("the-s3cret"), "{shown}");
}

#[test]
fn colours_are_for_terminals_without_no_color() {
    let stage = Stage::new();
    let colour = |command: Command| on_terminal(&command, "").0.contains('\u{1b}');
    let get = ["apps", "get", "01JSANDB0X00000000000000ZZ"];
    let mut command = stage.command(&get);
    command.env("TERM", "xterm-256color");
    assert!(colour(command));
    let mut command = stage.command(&get);
    command.env("TERM", "xterm-256color").env("NO_COLOR", "1");
    assert!(!colour(command));
    let output = stage
        .command(&get)
        .env("TERM", "xterm-256color")
        .output()
        .unwrap();
    assert!(!output.stderr.contains(&0x1b));
    let mut command = program(stage.home.path(), &["--help"]);
    command.env("TERM", "xterm-256color").env("NO_COLOR", "1");
    assert!(!colour(command));
}
