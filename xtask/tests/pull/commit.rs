//! Writing a set of files: all or none.

use std::{fs, path::PathBuf};

use xtask::source::write_all;

use crate::tree::Tree;

fn files(list: &[(&str, &str)]) -> Vec<(PathBuf, Vec<u8>)> {
    list.iter()
        .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
        .collect()
}

fn tree() -> Tree {
    let tree = Tree::new("https://docs.example/x.yaml");
    tree.write("src/a.rs", "a");
    tree.write("src/b.rs", "b");
    tree
}

#[test]
fn only_what_differs_is_written_and_folders_are_made() {
    let tree = tree();
    let list = files(&[
        ("src/a.rs", "a"),
        ("src/b.rs", "new"),
        ("gen/deep/c.rs", "c"),
    ]);
    let changed = write_all(tree.root(), list.clone()).unwrap();
    assert_eq!(changed, [PathBuf::from("src/b.rs"), "gen/deep/c.rs".into()]);
    assert_eq!(tree.read("src/b.rs"), "new");
    assert_eq!(tree.read("gen/deep/c.rs"), "c");
    let after = tree.state();
    assert!(write_all(tree.root(), list).unwrap().is_empty());
    assert_eq!(tree.state(), after, "no temporary file is left");
}

#[test]
fn nothing_is_written_when_the_second_file_cannot_be() {
    // A folder in the place of the file; a file in the place of its folder, at either depth.
    for second in ["src", "src/b.rs/c.rs", "src/b.rs/deep/c.rs"] {
        let tree = tree();
        let before = tree.state();
        let list = files(&[("src/a.rs", "new"), ("made/for/x.rs", "x"), (second, "new")]);
        let error = write_all(tree.root(), list).unwrap_err();
        let expected = format!("{second}: cannot write, nothing was changed: ");
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert_eq!(tree.state(), before);
    }
}

#[test]
fn paths_that_leave_the_root_are_refused() {
    for path in [
        "../out.rs",
        "/out.rs",
        "src/../../out.rs",
        "src/../a.rs",
        "",
    ] {
        let tree = tree();
        let before = tree.state();
        let error = write_all(tree.root(), files(&[("src/a.rs", "new"), (path, "x")])).unwrap_err();
        assert!(
            error.to_string().contains("leads out of the tree"),
            "{error}"
        );
        assert_eq!(tree.state(), before);
    }
}

#[test]
fn a_path_given_twice_is_refused() {
    let tree = tree();
    let before = tree.state();
    let error = write_all(tree.root(), files(&[("src/a.rs", "x"), ("src/a.rs", "y")])).unwrap_err();
    assert!(error.to_string().contains("to be written twice"), "{error}");
    assert_eq!(tree.state(), before);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_root_is_not_followed() {
    let tree = tree();
    let outside = Tree::new("https://docs.example/y.yaml");
    let before = outside.state();
    std::os::unix::fs::symlink(outside.path("spec"), tree.path("link")).unwrap();
    let state = tree.state();
    for path in ["link/c.rs", "link/deep/c.rs"] {
        // By then the first two files are ready to be renamed.
        let list = files(&[("src/a.rs", "new"), ("made/for/x.rs", "x"), (path, "c")]);
        let error = write_all(tree.root(), list).unwrap_err();
        assert!(
            error.to_string().contains("leads out of the tree"),
            "{error}"
        );
        assert_eq!(tree.state(), state);
    }
    assert_eq!(outside.state(), before);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_new_files_are_not_private() {
    use std::os::unix::fs::PermissionsExt;
    let tree = tree();
    let mode = |path: &str| fs::metadata(tree.path(path)).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(tree.path("src/a.rs"), fs::Permissions::from_mode(0o440)).unwrap();
    let usual = mode("src/b.rs");
    write_all(
        tree.root(),
        files(&[("src/a.rs", "new"), ("src/c.rs", "c")]),
    )
    .unwrap();
    assert_eq!(mode("src/a.rs"), 0o440);
    assert_eq!(mode("src/c.rs"), usual);
}
