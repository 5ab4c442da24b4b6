//! Compresses genome assemblies into AGC archives.
#![warn(missing_docs)]

pub mod create;
pub mod fasta;
pub mod packed;
