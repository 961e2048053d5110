//! One document from a file or an https address.

use std::{fs, path::Path};

use xtask::source::{Arrival, Candidate, Location, SOURCES, Snapshot, SourcesFile, read_file};

use crate::{
    server::{Server, answer_with},
    tree::{LOCAL, NEW, OLD, Tree, limits},
};

fn update_from(tree: &Tree, name: &str, from: &str) -> anyhow::Result<Candidate> {
    let location = Location::parse(from)?;
    Candidate::update_from(tree.root(), name, &location, &limits())
}

#[test]
fn a_file_replaces_one_snapshot() {
    let server = Server::start(vec![answer_with("200 OK", "etag: \"e\"\r\n", OLD)]);
    let tree = Tree::new(&server.url());
    tree.pull(&limits()).unwrap();
    tree.write("in/next.yaml", NEW);
    let path = tree.path("in/next.yaml");
    let candidate = update_from(&tree, "conversation", path.to_str().unwrap()).unwrap();
    assert_eq!(candidate.documents[0].arrival, Arrival::Updated);
    assert_eq!(candidate.documents[1].arrival, Arrival::Kept);
    assert_eq!(tree.commit(&candidate), ["spec/conversation.yaml", SOURCES]);
    assert_eq!(tree.read("spec/conversation.yaml"), NEW);
    let sources = tree.sources();
    let source = sources.get("conversation").unwrap();
    assert_eq!(source.etag, None, "the ETag was that of another version");
    assert_eq!(
        source.origin, "taken from a file, next.yaml",
        "no folder of this machine"
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_address_replaces_one_snapshot_and_keeps_the_url() {
    let server = Server::start(vec![answer_with("200 OK", "etag: \"e\"\r\n", NEW)]);
    let tree = Tree::new("https://docs.example/conversation.yaml");
    let candidate = update_from(
        &tree,
        "conversation",
        &format!("{}?token=hidden", server.url()),
    )
    .unwrap();
    assert_eq!(tree.commit(&candidate), ["spec/conversation.yaml", SOURCES]);
    let list = tree.read(SOURCES);
    assert!(!list.contains("hidden"), "{list}");
    let sources = tree.sources();
    let source = sources.get("conversation").unwrap();
    assert_eq!(source.origin, format!("taken from {}", server.url()));
    assert_eq!(
        source.url.as_ref().unwrap().as_str(),
        "https://docs.example/conversation.yaml"
    );
    assert_eq!(source.etag, None, "the ETag is not from `url`");
    assert!(server.requests()[0].starts_with("get /conversation.yaml?token=hidden "));
}

#[test]
fn an_edit_that_is_meant_is_recorded_from_the_file_itself() {
    let tree = Tree::new("https://docs.example/x.yaml");
    tree.write("spec/local.yaml", &LOCAL.replace("2.0", "2.1"));
    let path = tree.path("spec/local.yaml");
    let candidate = update_from(&tree, "local", path.to_str().unwrap()).unwrap();
    assert_eq!(tree.commit(&candidate), [SOURCES]);
    let sources = tree.sources();
    let source = sources.get("local").unwrap();
    assert_eq!(
        (source.version.as_str(), source.origin.as_str()),
        ("2.1", "ours")
    );
    assert!(Candidate::on_disk(tree.root()).is_ok());
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let tree = Tree::new("https://docs.example/x.yaml");
    let path = tree.path("spec/local.yaml");
    let error = update_from(&tree, "sms", path.to_str().unwrap()).unwrap_err();
    assert!(error.to_string().contains("no document `sms`"), "{error}");
    assert!(error.to_string().contains("conversation, local"), "{error}");
}

#[test]
fn a_file_passes_the_same_checks_as_a_download() {
    let tree = Tree::new("https://docs.example/x.yaml");
    tree.write("in/page.html", "<html></html>");
    tree.write("in/large.yaml", &format!("{NEW}{}", "#\n".repeat(4096)));
    let before = tree.state();
    let refused = |file: &str, expected: &str| {
        let path = tree.path(file);
        let error = update_from(&tree, "local", path.to_str().unwrap()).unwrap_err();
        assert!(
            error.to_string().starts_with(path.to_str().unwrap()),
            "{error}"
        );
        assert!(error.to_string().contains(expected), "{error}");
    };
    refused("in/page.html", "found an HTML page");
    refused("in/large.yaml", "the limit of 4096 bytes");
    refused("in/none.yaml", "cannot read the file");
    refused("in", "cannot read the file");
    assert_eq!(tree.state(), before);
}

#[test]
fn the_real_document_means_the_same_when_it_comes_as_json() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/conversation.yaml");
    let kept = read_file(&path, 16 * 1024 * 1024).unwrap();
    assert_eq!(kept.text, fs::read_to_string(&path).unwrap());
    let json = serde_json::to_vec(&kept.tree).unwrap();
    let taken = Snapshot::intake(&json, "conversation.json").unwrap();
    assert_eq!(taken.tree, kept.tree);
    assert_eq!(taken.facts, kept.facts);
}

#[test]
fn the_real_list_reads_and_prints_the_same() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(SOURCES);
    let text = fs::read_to_string(path).unwrap();
    let sources = SourcesFile::parse(&text).unwrap();
    let names: Vec<_> = sources
        .sources()
        .iter()
        .map(|source| source.name.as_str())
        .collect();
    assert_eq!(names, ["conversation", "template", "batch"]);
    assert_eq!(sources.to_string(), text);
}
