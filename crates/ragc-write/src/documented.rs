//! Whether README.md and docs/ speak of the command line as it is: commands and options they name are there, and the
//! other way round.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};

use crate::cli::Cli;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn program() -> Command {
    let mut program = Cli::command();
    program.build();
    program
}

/// The Markdown files for users, by their paths in the repository, with their texts.
fn documents() -> Vec<(String, String)> {
    let docs = fs::read_dir(repository().join("docs")).expect("docs is a folder");
    let docs = docs.map(|entry| {
        let name = entry.expect("it can be read").file_name();
        format!("docs/{}", name.to_string_lossy())
    });
    let mut paths: Vec<String> = docs.filter(|path| path.ends_with(".md")).collect();
    paths.push("README.md".to_string());
    let text = |path: &String| fs::read_to_string(repository().join(path)).expect("a text");
    paths
        .into_iter()
        .map(|path| (path.clone(), text(&path)))
        .collect()
}

/// The code in a Markdown text: lines of fenced blocks, and what stands between backticks.
fn code(text: &str) -> Vec<&str> {
    let (mut code, mut fenced) = (Vec::new(), false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            code.push(line);
        } else {
            code.extend(line.split('`').skip(1).step_by(2));
        }
    }
    code
}

/// Whether `command` has the option that `word` (`-t`, `-t2`, `--level=fast`) begins with.
fn has_option(command: &Command, word: &str) -> bool {
    let mut options = command.get_arguments();
    match word.strip_prefix("--") {
        Some(long) => {
            let name = long.split('=').next().unwrap_or_default();
            options.any(|option| option.get_long() == Some(name))
        }
        None => options.any(|option| option.get_short() == word.chars().nth(1)),
    }
}

fn is_option(word: &str) -> bool {
    let name = word.trim_start_matches('-');
    word.starts_with('-') && name.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Whether a word looks like a command: small letters, and hyphens between them.
fn is_verb(word: &str) -> bool {
    let is_small = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    word.split('-').all(is_small)
}

/// What in a piece of code `ragc` would not understand.
fn mistakes(program: &Command, code: &str) -> Vec<String> {
    let mut mistakes = Vec::new();
    let words: Vec<&str> = code.split_whitespace().collect();
    // What npm installs is a package of that name.
    let is_program = |at: usize| at == 0 || words[at - 1] != "install";
    for (at, _) in words
        .iter()
        .enumerate()
        .filter(|(at, word)| **word == "ragc" && is_program(*at))
    {
        let called = words[at + 1..]
            .iter()
            .take_while(|word| !["|", ">", "#", "&&", ";"].contains(word));
        let mut command = program;
        for (place, &word) in called.enumerate() {
            if is_option(word) && !has_option(command, word) {
                mistakes.push(format!("`ragc {}` has no {word}", command.get_name()));
            } else if place == 0 && is_verb(word) {
                match program.find_subcommand(word) {
                    Some(verb) => command = verb,
                    None => mistakes.push(format!("no `ragc {word}`")),
                }
            }
        }
    }
    mistakes
}

#[test]
fn commands_and_options_in_the_documents_are_there() {
    let program = program();
    for (path, text) in documents() {
        for code in code(&text) {
            assert_eq!(mistakes(&program, code), [""; 0], "{path}: {code}");
            // Alone between backticks an option is meant for some command. Options of others are in code of theirs.
            if is_option(code) && path != "docs/FORMAT.md" {
                let word = code.split_whitespace().next().unwrap_or_default();
                let known = program.get_subcommands().any(|verb| has_option(verb, word));
                assert!(known, "{path}: no command has {word}, of `{code}`");
            }
        }
    }
}

#[test]
fn the_table_in_the_readme_has_every_command() {
    let readme = fs::read_to_string(repository().join("README.md")).expect("README.md");
    for verb in program().get_subcommands() {
        let name = verb.get_name();
        let has_row = |line: &str| {
            line.strip_prefix("| `ragc ")
                .and_then(|row| row.strip_prefix(name))
                .is_some_and(|row| row.starts_with([' ', '`']))
        };
        assert!(
            name == "help" || readme.lines().any(has_row),
            "README.md, Commands: no row for `ragc {name}`"
        );
    }
}

#[test]
fn mistakes_are_found() {
    let program = program();
    let of = |code| mistakes(&program, code);
    for sound in [
        "ragc create -t2 -o x.agc --level=fast a.fa # --nosuch",
        "ragc <command> --help",
        "agc create --nosuch",
        "ragc listset --json x.agc | jq --nosuch",
        "ragc --version",
    ] {
        assert_eq!(of(sound), [""; 0], "{sound}");
    }
    for wrong in [
        "ragc crate x.agc",
        "ragc jbrowse-confit x.agc",
        "ragc listset --jsonl x.agc",
        "cat x | ragc getset -z x.agc",
        "ragc --level",
    ] {
        assert_eq!(of(wrong).len(), 1, "{wrong}");
    }
    assert_eq!(
        code("a `b` c `-d e`\n```sh\nf `g`\n```\n"),
        ["b", "-d e", "f `g`"]
    );
}
