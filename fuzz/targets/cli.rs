//! The files of the command line: recipients of `bulk send` as CSV, scripts of `fixtures run`, callbacks of `verify`.
#![no_main]

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::thread;

use libfuzzer_sys::fuzz_target;
use sinch_conversation_fuzz::server::Server;
use sinch_conversation_fuzz::{line, seed};
use tempfile::TempDir;

/// An answer to every request, for a token as well as for a call.
const ANSWER: &str = r#"{"access_token": "t", "token_type": "bearer", "expires_in": 3600, "id": "a", "message_id": "m"}"#;

struct Setup {
    folder: TempDir,
    endpoint: String,
}

/// A folder without profiles, and a server on this machine for all calls.
static SETUP: LazyLock<Setup> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().as_os_str();
    for (name, value) in [
        ("HOME", path),
        ("XDG_CONFIG_HOME", path),
        ("XDG_DATA_HOME", path),
        ("XDG_STATE_HOME", path),
        ("SINCH_KEY_ID", "a key id".as_ref()),
        ("SINCH_KEY_SECRET", "its secret".as_ref()),
        ("SINCH_WEBHOOK_SECRET", "the secret of the webhook".as_ref()),
    ] {
        // SAFETY: this is the only thread so far.
        unsafe { std::env::set_var(name, value) };
    }
    let (address, started) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let server = Server::answering("200 OK", ANSWER).await;
            address.send(server.url.clone()).expect("the target waits");
            std::future::pending::<()>().await;
        });
    });
    Setup {
        folder,
        endpoint: started.recv().expect("an address"),
    }
});

fuzz_target!(init: { LazyLock::force(&SETUP); seed("cli", seeds()) }, |data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else {
        return;
    };
    match choice {
        b't' => bulk(rest, "--text="),
        b'p' => bulk(rest, "--parameter="),
        b'v' => { run(&["verify", &file("callback", rest)]); }
        b'y' => { run(&["fixtures", "run", &file("script.yaml", rest)]); }
        _ => { run(&["fixtures", "run", &file("script.toml", rest)]); }
    }
});

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "tHello {name}, {{you}}\nto,name\n+46700000001,Ada\n46700000002,\"Grace, H\"\n",
        "pname={name}\nto,name\n+46700000001,Ada\n",
        "t{to}\n\u{feff}to\n\n",
        "y{step: [{name: app, call: apps create, body: {display_name: x}}, {call: apps get, with: {app_id: '${app.id}'}}]}",
        "ystep:\n- call: messages send\n  body: {app_id: '${env:HOME}', recipient: {contact_id: c}, message: {text_message: {text: 'a ${env:HOME} b'}}}\n",
        "c[[step]]\ncall = \"contacts list\"\nname = \"all\"\nwith = { page_size = 10 }\n\n[[step]]\ncall = \"contacts get\"\n[step.with]\ncontact_id = \"${all.contacts.0.id}\"\n",
        "vPOST / HTTP/1.1\r\nx-sinch-webhook-signature: YQ==\r\nx-sinch-webhook-signature-nonce: n\r\nx-sinch-webhook-signature-timestamp: 1634579353\r\nx-sinch-webhook-signature-algorithm: HmacSHA256\r\n\r\n{}",
        "v{\"headers\": {\"x-sinch-webhook-signature\": \"YQ==\"}, \"body\": \"{}\"}",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The first line is the pattern, the rest is the file.
fn bulk(input: &[u8], option: &str) {
    let (pattern, rows) = line(input);
    let pattern = format!("{option}{}", String::from_utf8_lossy(pattern));
    let rows = file("rows.csv", rows);
    let mut arguments = vec![
        "bulk",
        "send",
        &rows,
        &pattern,
        "--channel=sms,whatsapp",
        "--app=A",
        "--dry-run",
    ];
    if option == "--parameter=" {
        arguments.push("--template=T");
    }
    run(&arguments);
}

fn file(name: &str, bytes: &[u8]) -> String {
    let path: PathBuf = SETUP.folder.path().join(name);
    fs::write(&path, bytes).expect("the folder can be written to");
    path.to_string_lossy().into_owned()
}

fn run(arguments: &[&str]) {
    let endpoint = format!("--endpoint={}", SETUP.endpoint);
    let always = [
        "sinch-conversation",
        "--project=p",
        "--yes",
        "--json",
        &endpoint,
    ];
    let all: Vec<OsString> = always.iter().chain(arguments).map(OsString::from).collect();
    let _ = sinch_conversation_cli::run(&all);
}
