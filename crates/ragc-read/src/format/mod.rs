//! Bytes to values, with no meaning yet: the container and the tables of docs/FORMAT.md.

pub(crate) mod collection;
pub(crate) mod contig_name;
pub(crate) mod cursor;
pub(crate) mod file_type_info;
pub(crate) mod footer;
pub(crate) mod int;
pub(crate) mod old_collection;
pub(crate) mod params;
pub(crate) mod stream_name;
