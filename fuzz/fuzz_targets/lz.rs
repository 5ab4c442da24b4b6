//! Any bytes as a delta against any reference: letters of the recorded length, or an error; every range of it the
//! same as the range of the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ragc_read::fuzz::lz_decode;

fuzz_target!(|input: (u8, u16, u16, &[u8], &[u8])| {
    let (min_match_len, len, start, reference, delta) = input;
    let len = usize::from(len);
    let mut whole = Vec::new();
    if lz_decode(
        delta,
        reference,
        min_match_len.into(),
        len,
        0..len,
        &mut whole,
    )
    .is_ok()
    {
        assert_eq!(whole.len(), len);
        let start = usize::from(start).min(len);
        let end = (start + 100).min(len);
        let mut part = Vec::new();
        lz_decode(
            delta,
            reference,
            min_match_len.into(),
            len,
            start..end,
            &mut part,
        )
        .expect("as the whole");
        assert_eq!(part, &whole[start..end]);
    }
});
