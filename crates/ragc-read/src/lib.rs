//! Reads AGC archives of assembled genomes.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
