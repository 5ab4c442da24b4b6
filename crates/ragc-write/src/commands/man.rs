//! `man`: the manual, made from the definition of the command line.

use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::Failure;
use super::target::Target;
use crate::cli::{Cli, ManArgs};

pub(super) fn run(args: &ManArgs) -> Result<(), Failure> {
    let program = program();
    let Some(directory) = &args.directory else {
        return put(args.output.as_deref(), &whole(&program));
    };
    fs::create_dir_all(directory).map_err(|source| Failure::File {
        path: directory.clone(),
        source,
    })?;
    for command in std::iter::once(&program).chain(verbs(&program)) {
        // `ragc-create`, as `man` looks for it when called with `ragc create`.
        let name = command.get_display_name().unwrap_or("ragc");
        put(
            Some(&directory.join(format!("{name}.1"))),
            &page(command.clone()),
        )?;
    }
    Ok(())
}

fn put(output: Option<&Path>, text: &str) -> Result<(), Failure> {
    let mut target = Target::open(output)?;
    target.put(text.as_bytes())?;
    target.finish(false)
}

/// The command line with all that clap works out itself.
fn program() -> Command {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    program
}

fn verbs(program: &Command) -> impl Iterator<Item = &Command> {
    program.get_subcommands().filter(|verb| !verb.is_hide_set())
}

/// The page of one command.
fn page(command: Command) -> String {
    let man = Man::new(command).source(concat!("ragc ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    man.render(&mut text).expect("into memory");
    let text = String::from_utf8(text).expect("made of text");
    // There is more than examples in it, but nothing that is beside the matter.
    text.replace(".SH EXTRA\n", ".SH NOTES\n")
}

/// One page: that of the program, and a chapter for each command.
fn whole(program: &Command) -> String {
    let mut text = page(program.clone());
    for verb in verbs(program) {
        let (name, page) = (verb.get_name(), page(verb.clone()));
        // Its page elsewhere is a chapter here.
        text = text.replace(
            &format!("ragc\\-{name}(1)"),
            &format!("\\fBragc {name}\\fR"),
        );
        let body = page
            .find(".SH SYNOPSIS")
            .map_or("", |start| &page[start..])
            .replace(".SH ", ".SS ");
        text.push_str(&format!(
            ".SH \"RAGC {}\"\n{body}",
            name.to_ascii_uppercase()
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;
    use clap_complete::Shell;

    use super::*;

    fn options(command: &Command) -> impl Iterator<Item = &str> {
        let shown = command
            .get_arguments()
            .filter(|option| !option.is_hide_set());
        shown.filter_map(|option| option.get_long())
    }

    #[test]
    fn pages_have_every_command_and_option() {
        let program = program();
        let whole = whole(&program).replace(r"\-", "-");
        for verb in verbs(&program) {
            let (name, page) = (verb.get_name(), page(verb.clone()).replace(r"\-", "-"));
            assert!(page.contains(&format!(".TH ragc-{name} 1")), "{page}");
            let chapter = format!(".SH \"RAGC {}\"\n", name.to_ascii_uppercase());
            let (_, chapter) = whole.split_once(&chapter).expect("a chapter");
            let chapter = chapter
                .split_once("\n.SH ")
                .map_or(chapter, |(this, _)| this);
            for option in options(verb) {
                let option = format!("\\fB--{option}\\fR");
                assert!(page.contains(&option), "ragc-{name}.1: {option}");
                assert!(chapter.contains(&option), "ragc.1: {name} {option}");
            }
            let example = format!("\n  ragc {name} ");
            assert!(page.contains(&example), "ragc-{name}.1");
            assert!(chapter.contains(&example), "ragc.1: {name}");
        }
    }

    #[test]
    fn completions_have_every_command_and_option() {
        let program = program();
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "ragc", &mut script);
            let script = String::from_utf8(script).expect("text");
            for verb in verbs(&program) {
                let name = verb.get_name();
                assert!(script.contains(name), "{shell}: {name}");
                for option in options(verb) {
                    assert!(script.contains(option), "{shell}: {name} --{option}");
                }
            }
        }
    }
}
