//! Archives at an address, in the place of a file.

use std::fs;

use ragc_tests::server::{Habit, Server};

use super::{Folder, basic, data};

#[test]
fn reading_commands_take_an_address() {
    let folder = Folder::new();
    let file = basic();
    let server = Server::start(fs::read(&file).expect("a fixture"), Habit::Good);
    let commands: [&[&str]; 6] = [
        &["listset", "-"],
        &["listctg", "-", "s0000"],
        &["info", "--json", "-"],
        &["getset", "-", "s0001"],
        &["getcol", "-"],
        &["listset", "--long", "-"],
    ];
    for command in commands {
        let output = |archive: &str| {
            let args: Vec<&str> = command
                .iter()
                .map(|&arg| if arg == "-" { archive } else { arg })
                .collect();
            folder.ragc(&args).success()
        };
        assert!(output(&server.address) == output(&file), "{command:?}");
    }
    let copy = ["extract", "-q", "-o", "copy.agc", &server.address, "*"];
    folder.ragc(&copy).success();
    let names = |archive: &str| folder.ragc(&["listset", archive]).success();
    assert_eq!(names("copy.agc"), names(&file));
}

#[test]
fn stats_tell_requests_and_bytes() {
    let folder = Folder::new();
    let file = fs::read(data("../tiny.agc")).expect("a fixture");
    let server = Server::start(file.clone(), Habit::Good);
    let run = folder.ragc(&["listset", "--stats", "--index", "none", &server.address]);
    let told = run.stderr();
    run.success();
    // So short a file comes with the first request.
    assert_eq!(
        told,
        format!("ragc: 1 request in 1 round, {} bytes\n", file.len())
    );
    // An index is looked for at its start, and beside it.
    let run = folder.ragc(&["listset", "--stats", &server.address]);
    assert!(run.stderr().starts_with("ragc: 3 requests in 1 round, "));
    run.success();
    let run = folder.ragc(&["listset", "--stats", &basic()]);
    assert!(run.stderr().contains(" rounds, "), "{}", run.stderr());
    run.success();
}

#[test]
fn addresses_that_give_nothing_are_errors() {
    let folder = Folder::new();
    let server = Server::start(Vec::new(), Habit::Absent);
    let message = folder
        .ragc(&["getset", "-o", "x.fa", &server.address, "s"])
        .failure(1);
    let want = format!(
        "ragc: {}: HTTP 404: there is no such file\n",
        server.address
    );
    assert_eq!(message, want);
    assert!(!folder.has("x.fa"));
    let page = Server::start(b"<html>not an archive</html>".to_vec(), Habit::Good);
    let message = folder.ragc(&["info", &page.address]).failure(1);
    assert!(message.contains("an AGC archive expected"), "{message}");
}

/// An archive on a server with its index beside it.
fn indexed(folder: &Folder) -> (Server, String) {
    folder
        .ragc(&["index", "-q", "-o", "x.ragi", &basic()])
        .success();
    let index = fs::read(folder.path().join("x.ragi")).expect("it was made");
    let file = fs::read(basic()).expect("a fixture");
    let server = Server::start_with(file, Some(index), Habit::Good);
    let address = server.address.clone();
    (server, address)
}

#[test]
fn an_index_is_found_or_given() {
    let folder = Folder::new();
    let (_server, address) = indexed(&folder);
    let commands: [&[&str]; 8] = [
        &["listref", "-"],
        &["listset", "-"],
        &["listctg", "-", "s0000"],
        &["info", "-"],
        &["getset", "-", "s0001"],
        &["getctg", "-", "chr1@s0000:10-99", "chr1_s1@s0001"],
        &["getctg", "--all", "-", "chr1:5-9"],
        &["faidx", "--sample", "s000*", "-", "chr1:5-9"],
    ];
    for command in commands {
        let output = |archive: &str, index: &[&str]| {
            let args = command.iter().flat_map(|&arg| match arg {
                "-" => [index, &[archive]].concat(),
                arg => vec![arg],
            });
            folder.ragc(&args.collect::<Vec<_>>()).success()
        };
        let want = output(&basic(), &[]);
        assert!(output(&address, &[]) == want, "{command:?}");
        assert!(
            output(&address, &["--index", "none"]) == want,
            "{command:?}"
        );
        assert!(
            output(&basic(), &["--index", "x.ragi"]) == want,
            "{command:?}"
        );
    }
}

#[test]
fn getctg_takes_four_rounds() {
    let folder = Folder::new();
    let (_server, address) = indexed(&folder);
    let run = folder.ragc(&["getctg", "--stats", &address, "chr1@s0000:100-199"]);
    let told = run.stderr();
    run.success();
    let rounds = told
        .split(" in ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let rounds: u64 = rounds
        .and_then(|n| n.parse().ok())
        .expect("a number of rounds");
    assert!(rounds <= 4, "{told}");
}

#[test]
fn an_index_that_is_not_of_the_archive_is_told() {
    let folder = Folder::new();
    let (_server, _) = indexed(&folder);
    let mut index = fs::read(folder.path().join("x.ragi")).expect("it was made");
    index[24] ^= 1;
    fs::write(folder.path().join("stale.ragi"), &index).expect("room");
    let file = fs::read(basic()).expect("a fixture");
    let server = Server::start_with(file, Some(index), Habit::Good);
    let run = folder.ragc(&["listset", &server.address]);
    let told = run.stderr();
    assert!(told.contains("the index is not of this archive"), "{told}");
    run.success();
    let message = folder
        .ragc(&["listset", "--index", "stale.ragi", &server.address])
        .failure(1);
    assert!(message.contains("`ragc index` makes it anew"), "{message}");
}
