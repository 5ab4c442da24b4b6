//! Compresses genome assemblies into AGC archives.
//!
//! [`create::create`] takes a list of FASTA files and writes an archive; ARCHITECTURE.md draws the way of a
//! genome through the modules.
#![warn(missing_docs)]

pub mod append;
pub mod arrange;
pub mod contig_digests;
pub mod create;
pub mod fasta;
pub mod index;
pub mod packed;
pub mod rename;
pub mod subset;
pub mod unchanged;
pub mod verify;
pub mod walk;

mod align;
mod anchors;
mod archive;
mod budget;
mod carry;
mod chain;
mod collection;
mod cut;
mod digests;
mod inputs;
mod kept;
mod lane;
mod lz;
mod map;
mod memory;
mod names;
mod packing;
mod part;
mod pipeline;
mod references;
mod refget;
mod registrar;
mod resume;
mod splitters;
mod text;
mod thin;
mod unknown;
mod upgrade;

// Its example is tested with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
