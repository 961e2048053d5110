//! A command line without asynchronous code. `cargo run --example command_line -p sinch-conversation` tries it out in a
//! sandbox, without an account, and prints:
//!
//! ```text
//! $ send +46700000001 Your table is ready
//! Accepted as ….
//! $ list
//! … TO_CONTACT
//! $ send nobody
//! usage: send NUMBER TEXT... | list
//! ```
//!
//! With a command it does that for real, with the key in the `SINCH_*` variables:
//! `cargo run --example command_line -p sinch-conversation -- list`

mod common;

use std::error::Error;
use std::process::ExitCode;

use sinch_conversation::Client;
use sinch_conversation::blocking::Blocking;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::AppHandle;
use sinch_conversation_sandbox::Sandbox;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.is_empty() {
        true => try_out(),
        false => run_live(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run_live(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let app = Client::from_env()?.default_app();
    run(&Blocking::new()?, &app, arguments)
}

/// The program.
fn run(blocking: &Blocking, app: &AppHandle, arguments: &[String]) -> Result<(), Box<dyn Error>> {
    match arguments {
        [command, number, words @ ..] if command == "send" && !words.is_empty() => {
            let text = Text::new(words.join(" "));
            let sent = blocking.wait(app.send(text).to(sms(number)))?;
            println!("Accepted as {}.", sent.message_id);
        }
        [command] if command == "list" => {
            for message in blocking.iter(app.messages()) {
                let message = message?;
                let direction = message.data().direction.as_ref();
                println!(
                    "{} {}",
                    message.id(),
                    direction.map_or("", |it| it.as_str())
                );
            }
        }
        _ => return Err("usage: send NUMBER TEXT... | list".into()),
    }
    Ok(())
}

/// Runs the program with a sandbox in place of the API.
fn try_out() -> Result<(), Box<dyn Error>> {
    let blocking = Blocking::new()?;
    let sandbox = blocking.wait(Sandbox::start())?;
    let client = common::client(sandbox.endpoints())?;
    let app = blocking.wait(common::app(&client))?;
    for line in [
        "send +46700000001 Your table is ready",
        "list",
        "send nobody",
    ] {
        println!("$ {line}");
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        if let Err(error) = run(&blocking, &app, &arguments) {
            println!("{error}");
        }
    }
    Ok(())
}
