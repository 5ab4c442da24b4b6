//! What decompresses frames: the only file that names a zstd crate.
//!
//! Which one it is makes no difference but in time; `differential.rs` compares them.

use std::borrow::Cow;

#[cfg(feature = "zstd-c")]
pub(crate) use c::CLibrary as Backend;
#[cfg(not(any(feature = "zstd-c", feature = "zstd-zrip")))]
pub(crate) use rust::Ruzstd as Backend;
#[cfg(all(feature = "zstd-zrip", not(feature = "zstd-c")))]
pub(crate) use zrip::Zrip as Backend;

use super::Frame;

/// Room past the end of the content, which copies in fixed steps may write to.
pub(super) const SLACK_BYTES: usize = 64;

/// Where the window's size is in a frame that has it: after the magic and the descriptor.
pub(super) const WINDOW_AT: usize = 5;

/// Decompresses frames, keeping its working memory between them.
pub(crate) trait Decompress: Default {
    /// Decompresses a frame of at most `room` bytes into `out`, which is empty and has room for these and [`SLACK_BYTES`]
    /// more, and checks the frame's checksum if it has one.
    fn decompress(
        &mut self,
        frame: &Frame<'_>,
        room: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), String>;
}

/// Those that decompress into the vector itself have no use for a window, but refuse large ones.
#[cfg(any(test, feature = "zstd-c", feature = "zstd-zrip"))]
const WINDOW_BYTES_MAX: usize = 128 << 20;

impl<'a> Frame<'a> {
    /// The frame, said to have a window that is no larger than it takes to hold `bytes_max`.
    fn with_window_for(&self, bytes_max: usize) -> Cow<'a, [u8]> {
        let mut bytes = Cow::Borrowed(self.bytes);
        if self
            .window_bytes
            .is_some_and(|window| window > bytes_max as u64)
            && let Some(&window) = bytes.get(WINDOW_AT)
            && window_of(bytes_max) < window
            && let Some(place) = bytes.to_mut().get_mut(WINDOW_AT)
        {
            *place = window_of(bytes_max);
        }
        bytes
    }
}

/// The smallest window of a power of two that holds `bytes`, as a header has it.
fn window_of(bytes: usize) -> u8 {
    let log = bytes.max(1024).next_power_of_two().trailing_zeros();
    u8::try_from((log - 10) << 3).unwrap_or(u8::MAX)
}

#[cfg(any(test, not(any(feature = "zstd-c", feature = "zstd-zrip"))))]
pub(crate) mod rust {
    //! The oldest decoder in Rust.

    use std::io::Read;

    use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

    use super::{Decompress, Frame};

    /// Decompressed before what is ready is taken out.
    const STEP_BYTES: usize = 256 << 10;

    #[derive(Default)]
    pub(crate) struct Ruzstd(FrameDecoder);

    impl Decompress for Ruzstd {
        fn decompress(
            &mut self,
            frame: &Frame<'_>,
            room: usize,
            out: &mut Vec<u8>,
        ) -> Result<(), String> {
            // Memory is taken for the window first of all.
            let bytes = frame.with_window_for(room);
            let mut source = bytes.as_ref();
            self.0.set_max_window_size(u64::MAX);
            self.0.reset(&mut source).map_err(|e| e.to_string())?;
            out.resize(room, 0);
            let mut filled = 0;
            loop {
                let step = BlockDecodingStrategy::UptoBytes(STEP_BYTES);
                self.0
                    .decode_blocks(&mut source, step)
                    .map_err(|e| e.to_string())?;
                let free = out.get_mut(filled..).unwrap_or_default();
                filled += self.0.read(free).map_err(|e| e.to_string())?;
                if self.0.can_collect() > 0 {
                    return Err(format!("more than {room} bytes"));
                }
                if self.0.is_finished() {
                    break;
                }
            }
            out.truncate(filled);
            let stored = self.0.get_checksum_from_data();
            if stored.is_some() && stored != self.0.get_calculated_checksum() {
                return Err("another checksum".to_string());
            }
            Ok(())
        }
    }
}

#[cfg(any(test, all(feature = "zstd-zrip", not(feature = "zstd-c"))))]
pub(crate) mod zrip {
    //! The decoder in Rust that wasm ships.

    use zrip_decode::context::DecompressContext;

    use super::{Decompress, Frame, WINDOW_BYTES_MAX};

    pub(crate) struct Zrip(DecompressContext);

    impl Default for Zrip {
        fn default() -> Self {
            Zrip(DecompressContext::new())
        }
    }

    impl Decompress for Zrip {
        fn decompress(
            &mut self,
            frame: &Frame<'_>,
            room: usize,
            out: &mut Vec<u8>,
        ) -> Result<(), String> {
            let bytes = frame.with_window_for(WINDOW_BYTES_MAX);
            self.0
                .decompress_into_with_limit(&bytes, out, room)
                .map(|_| ())
                .map_err(|e| e.to_string())
        }
    }
}

#[cfg(any(test, feature = "zstd-c"))]
pub(crate) mod c {
    //! zstd by the C library.

    use zstd::bulk::Decompressor;

    use super::{Decompress, Frame, WINDOW_BYTES_MAX};

    #[derive(Default)]
    pub(crate) struct CLibrary(Decompressor<'static>);

    impl Decompress for CLibrary {
        fn decompress(
            &mut self,
            frame: &Frame<'_>,
            room: usize,
            out: &mut Vec<u8>,
        ) -> Result<(), String> {
            let bytes = frame.with_window_for(WINDOW_BYTES_MAX);
            let len = self
                .0
                .decompress_to_buffer(&bytes, out)
                .map_err(|e| e.to_string())?;
            // The vector has room for more than was asked for.
            if len > room {
                Err(format!("more than {room} bytes"))
            } else {
                Ok(())
            }
        }
    }
}
