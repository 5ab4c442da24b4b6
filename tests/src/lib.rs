//! What the tests, the simulator and the benchmark share.
#![warn(missing_docs)]

mod accessory;
pub mod ancestor;
pub mod binary;
pub mod child;
#[cfg(feature = "write")]
pub mod collection;
mod fasta_out;
pub mod genome;
pub mod layout;
pub mod lineages;
mod pieces;
pub mod presets;
pub mod rng;
pub mod server;
pub mod simulate;
pub mod tools;
mod variants;

/// The README's example, compiled like any other.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
