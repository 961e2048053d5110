//! The reader of published documents and overlays, the normaliser, the linter and, when the input asks for it, the
//! generator.
#![no_main]

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{LazyLock, Mutex};
use std::thread;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sinch_conversation_fuzz::seed;
use xtask::overlay::Overlay;
use xtask::source::Snapshot;
use xtask::{document, lint, pipeline};

const SMALL: &str = include_str!("../../xtask/tests/small/spec/conversation.yaml");

/// As `xtask` has for references that lead to references.
const STACK: usize = 512 * 1024 * 1024;

/// The command runs its work on a thread with a large stack.
static WORKER: LazyLock<Mutex<(Sender<Vec<u8>>, Receiver<()>)>> = LazyLock::new(|| {
    let (inputs, taken) = mpsc::channel::<Vec<u8>>();
    let (done, answers) = mpsc::channel();
    let work = move || {
        for input in taken {
            check(&input);
            done.send(()).expect("the target waits");
        }
    };
    let worker = thread::Builder::new().stack_size(STACK).spawn(work);
    worker.expect("a thread");
    Mutex::new((inputs, answers))
});

fuzz_target!(init: seed("documents", seeds()), |data: &[u8]| {
    let worker = WORKER.lock().expect("no panic while locked");
    worker.0.send(data.to_vec()).expect("the worker runs");
    worker.1.recv().expect("the worker answers");
});

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        [b"d", SMALL.as_bytes()].concat(),
        [b"D", SMALL.as_bytes()].concat(),
    ];
    for schema in sinch_conversation_fuzz::published::schemas() {
        let place = u16::try_from(seeds.len() * 3).expect("fewer than 20000 schemas");
        let text = schema.schema.to_string();
        seeds.push([b"f", &place.to_le_bytes()[..], text.as_bytes()].concat());
    }
    for overlay in std::fs::read_dir(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../spec/overlays/conversation"
    ))
    .expect("the overlays")
    {
        let text = std::fs::read(overlay.expect("a file").path()).expect("an overlay");
        seeds.push([b"o", text.as_slice()].concat());
    }
    seeds
}

/// Either an error or a document, within the time that libFuzzer allows.
fn check(input: &[u8]) {
    let Some((choice, rest)) = input.split_first() else {
        return;
    };
    match choice {
        b'f' | b'F' => replaced(rest, *choice == b'F'),
        b'o' => overlaid(rest),
        _ => parsed(rest, *choice == b'D'),
    }
}

/// The input is the whole document, as downloaded and as read.
fn parsed(text: &[u8], generates: bool) {
    let _ = Snapshot::intake(text, "input");
    let text = String::from_utf8_lossy(text);
    if let Ok(tree) = document::parse(&text, "input") {
        processed(tree, generates);
    }
}

/// The input replaces one value of a small document, which the first two bytes choose.
fn replaced(input: &[u8], generates: bool) {
    let Some((place, text)) = input.split_first_chunk() else {
        return;
    };
    let Ok(part) = document::parse(&String::from_utf8_lossy(text), "input") else {
        return;
    };
    let mut tree = document::parse(SMALL, "small").expect("a document");
    let mut places = Vec::new();
    collect(&tree, "", &mut places);
    let place = &places[usize::from(u16::from_le_bytes(*place)) % places.len()];
    *tree.pointer_mut(place).expect("it is there") = part;
    processed(tree, generates);
}

fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
    places.push(at.to_owned());
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(key, value)| collect(value, &document::pointer(at, key), places)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| collect(value, &format!("{at}/{index}"), places)),
        _ => {}
    }
}

fn overlaid(text: &[u8]) {
    let Ok(overlay) = Overlay::parse(&String::from_utf8_lossy(text), "input") else {
        return;
    };
    let mut tree = document::parse(SMALL, "small").expect("a document");
    if overlay.apply(&mut tree).is_ok() {
        processed(tree, false);
    }
}

fn processed(tree: Value, generates: bool) {
    let _ = lint::lint(&tree);
    let input = [pipeline::loose(tree, "input")];
    let _ = pipeline::normalise_alone(&input);
    let normalised = pipeline::normalise(&input);
    if generates && normalised.is_ok() {
        let _ = pipeline::generate(&input);
    }
}
