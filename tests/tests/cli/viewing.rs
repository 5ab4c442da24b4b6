//! jbrowse-config: what JBrowse is told of an archive. That JBrowse understands it, tests/browser/jbrowse.test.ts shows.

use std::fs;

use ragc_tests::server::{Habit, Server};
use serde_json::Value;

use super::{Folder, basic, fasta};

fn config(folder: &Folder, args: &[&str]) -> Value {
    let text = folder.ragc(&[&["jbrowse-config"], args].concat()).success();
    serde_json::from_slice(&text).expect("JSON")
}

fn assemblies<'a>(config: &'a Value) -> Vec<&'a str> {
    let all = config["assemblies"].as_array().expect("a list");
    let name = |assembly: &'a Value| assembly["name"].as_str().expect("a name");
    all.iter().map(name).collect()
}

fn views(config: &Value) -> Vec<&Value> {
    let all = config["defaultSession"]["views"]
        .as_array()
        .expect("a list");
    all.iter().map(|view| &view["init"]).collect()
}

#[test]
fn every_sample_is_an_assembly_and_the_first_is_shown() {
    let folder = Folder::new();
    let config = config(&folder, &[&basic(), "--url", "https://x.org/a/g.agc?key=1"]);
    let stored = folder.ragc(&["listset", "--long", &basic()]).success();
    let stored = String::from_utf8(stored).expect("text");
    let names: Vec<&str> = stored
        .lines()
        .skip(1)
        .filter_map(|row| row.split('\t').next())
        .collect();
    assert_eq!(assemblies(&config), names);
    let first = &config["assemblies"][0];
    let adapter = &first["sequence"]["adapter"];
    assert_eq!(adapter["type"], "AgcAdapter");
    assert_eq!(adapter["uri"], "https://x.org/a/g.agc?key=1");
    assert_eq!(adapter["sampleName"], names[0]);
    assert_eq!(
        first["refNameAliases"]["adapter"]["type"],
        "AgcRefNameAliasAdapter"
    );
    let [view] = views(&config)[..] else {
        panic!("one view: {config}");
    };
    assert_eq!(view["assembly"], names[0]);
    assert_eq!(view["tracks"][0], first["sequence"]["trackId"]);
    assert_eq!(config["defaultSession"]["name"], "g.agc");
    assert_eq!(
        config["plugins"][0]["url"],
        "jbrowse-plugin-agc.umd.production.min.js"
    );
}

#[test]
fn some_samples_stand_side_by_side() {
    let folder = Folder::new();
    folder.write("a.fa", fasta(&[("HLA:1 x", &[b'A'; 7]), ("c", b"ACGT")]));
    folder.write("b.fa", fasta(&[("empty", b""), ("c", &[b'C'; 1000])]));
    folder.write("c.fa", fasta(&[("c", b"ACGT")]));
    folder
        .ragc(&["create", "-q", "-o", "x.agc", "a.fa", "b.fa", "c.fa"])
        .success();
    let named = [
        "x.agc", "--url", "x.agc", "--sample", "b", "--sample", "[ab]",
    ];
    let told = config(
        &folder,
        &[&named[..], &["--plugin", "p.js", "-o", "-"]].concat(),
    );
    assert_eq!(
        assemblies(&told),
        ["b", "a"],
        "each once, as they were named"
    );
    let places: Vec<&Value> = views(&told).iter().map(|view| &view["loc"]).collect();
    assert_eq!(places, ["c:451-550", "HLA:1:1-7"]);
    assert_eq!(told["plugins"][0]["url"], "p.js");

    folder.write("out.json", "what was there before".repeat(1000));
    folder
        .ragc(&[&["jbrowse-config"], &named[..], &["-o", "out.json"]].concat())
        .success();
    let written: Value = serde_json::from_slice(&folder.read("out.json")).expect("JSON");
    assert_eq!(assemblies(&written), ["b", "a"]);
}

#[test]
fn an_index_beside_the_archive_is_told_of() {
    let folder = Folder::new();
    folder.write("a.fa", fasta(&[("c", b"ACGT")]));
    folder
        .ragc(&["create", "-q", "--no-index", "-o", "x.agc", "a.fa"])
        .success();
    let index = |args: &[&str]| {
        let config = config(&folder, &[&["x.agc", "--url", "y.agc?k"], args].concat());
        let assembly = &config["assemblies"][0];
        let of = |part: &str| assembly[part]["adapter"]["indexUri"].clone();
        assert_eq!(of("sequence"), of("refNameAliases"));
        of("sequence")
    };
    assert_eq!(index(&[]), Value::Null);
    folder.ragc(&["index", "-q", "x.agc"]).success();
    assert_eq!(index(&[]), "y.agc.ragi?k");
    assert_eq!(index(&["--index", "z.ragi"]), "z.ragi");
    assert_eq!(index(&["--index", "none"]), Value::Null);
    let run = folder.ragc(&["jbrowse-config", "x.agc", "--url", "y.agc"]);
    assert!(run.stderr().contains("y.agc.ragi"), "{}", run.stderr());
    run.success();
}

#[test]
fn an_archive_at_an_address_stays_there() {
    let folder = Folder::new();
    folder
        .ragc(&["index", "-q", "-o", "x.ragi", &basic()])
        .success();
    let archive = fs::read(basic()).expect("a fixture");
    for index in [None, Some(folder.read("x.ragi"))] {
        let has_index = index.is_some();
        let server = Server::start_with(archive.clone(), index, Habit::Good);
        let config = config(&folder, &[&server.address, "--sample", "s0001"]);
        assert_eq!(assemblies(&config), ["s0001"]);
        let adapter = &config["assemblies"][0]["sequence"]["adapter"];
        assert_eq!(adapter["uri"], server.address);
        let beside = format!("{}.ragi", server.address);
        let expected = has_index.then_some(beside.as_str());
        assert_eq!(adapter["indexUri"].as_str(), expected);
    }
}

#[test]
fn of_thousands_of_samples_a_thousand_are_written_and_it_says_so() {
    let folder = Folder::new();
    let names: Vec<String> = (0..1002).map(|number| format!("s{number:04}")).collect();
    let contigs: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &b"ACGTACGTTACG"[..]))
        .collect();
    folder.write("all.fa", fasta(&contigs));
    folder
        .ragc(&["create", "-q", "-c", "-o", "x.agc", "all.fa"])
        .success();
    let run = folder.ragc(&["jbrowse-config", "x.agc", "--url", "x.agc"]);
    assert!(
        run.stderr().contains("first 1000 of 1002") && run.stderr().contains("--sample"),
        "{}",
        run.stderr()
    );
    let first = serde_json::from_slice(&run.success()).expect("JSON");
    assert_eq!(assemblies(&first).len(), 1000);
    let all = config(&folder, &["x.agc", "--url", "x.agc", "--sample", "s*"]);
    assert_eq!(assemblies(&all).len(), 1002, "who names them gets them");
    assert_eq!(views(&all).len(), 1);
}

#[test]
fn what_cannot_be_written_is_refused() {
    let folder = Folder::new();
    let message = folder.ragc(&["jbrowse-config", &basic()]).failure(2);
    assert!(message.contains("--url"), "{message}");
    let absent = [
        "jbrowse-config",
        &basic(),
        "--url",
        "x",
        "--sample",
        "s000l",
    ];
    let message = folder.ragc(&absent).failure(1);
    assert!(message.contains("s0001"), "{message}");
    folder.write("a.fa", fasta(&[("c", b"ACGT")]));
    folder.write("list", b"a.fa\ta\xFF\n");
    folder
        .ragc(&["create", "-q", "-o", "x.agc", "-i", "list", "a.fa"])
        .success();
    let bytes = ["jbrowse-config", "x.agc", "--url", "x", "-o", "out.json"];
    let message = folder.ragc(&bytes).failure(1);
    assert!(
        message.contains(r#""a\xff" in x.agc is no UTF-8"#),
        "{message}"
    );
    assert!(!folder.has("out.json") && !folder.has("out.json.partial"));
}
