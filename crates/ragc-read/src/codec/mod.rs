//! Stored bytes to bases: decompression, packing and deltas. Nothing here knows where the bytes came from.

pub(crate) mod base;
pub(crate) mod lz;
pub(crate) mod pack;
pub(crate) mod reference;
pub(crate) mod runs;
pub(crate) mod tuple;
pub(crate) mod zstd;
