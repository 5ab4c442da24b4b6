//! Archives at an address, in the place of a file.

use std::fs;

use ragc_tests::server::{Habit, Server};

use super::{Folder, basic};

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
    let file = fs::read(basic()).expect("a fixture");
    let server = Server::start(file.clone(), Habit::Good);
    let run = folder.ragc(&["listset", "--stats", &server.address]);
    let told = run.stderr();
    run.success();
    // So short a file comes with the first request.
    assert_eq!(
        told,
        format!("ragc: 1 request in 1 round, {} bytes\n", file.len())
    );
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
