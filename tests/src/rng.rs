//! A small generator of random numbers whose output will never change.
//!
//! Simulated genomes are compared from run to run and quoted in reports, so their bytes must not depend on the version
//! of a dependency. This is splitmix64 (Steele, Lea and Flood, 2014): one addition and three multiplications a number,
//! good enough for genomes. Integers only: no libm whose last digit differs between machines.

/// A stream of random numbers, the same for the same key on every machine.
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream of a key, for example `[seed, founder, contig, block]`; keys of other length or order are unrelated.
    pub fn keyed(key: &[u64]) -> Self {
        let state = key.iter().fold(key.len() as u64, |state, &word| {
            mix(state ^ mix(word.wrapping_add(0x9e37_79b9_7f4a_7c15)))
        });
        Self { state }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number in `0..bound`, or 0 when `bound` is 0. The bias is below `bound` in 2^64.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// As [`Rng::below`], for lengths and positions in memory.
    pub fn index(&mut self, bound: usize) -> usize {
        self.below(bound as u64) as usize
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// A length between `2^low` and `2^high`, every power of two equally likely.
    pub fn length(&mut self, low: u32, high: u32) -> usize {
        let power =
            1u64 << (u64::from(low) + self.below(u64::from(high.saturating_sub(low).max(1))));
        (power + self.below(power)) as usize
    }

    /// A count whose mean is `mean`, spread evenly over nought to twice that.
    pub fn count(&mut self, mean: f64) -> usize {
        let milli = (mean * 2000.0).round() as u64;
        ((self.below(milli + 1) + self.below(1000)) / 1000) as usize
    }

    /// Appends `len` letters out of A, C, G and T.
    pub fn bases(&mut self, len: usize, out: &mut Vec<u8>) {
        out.reserve(len);
        let end = out.len() + len;
        while out.len() < end {
            let mut bits = self.next_u64();
            for _ in 0..(end - out.len()).min(32) {
                out.push(b"ACGT"[(bits & 3) as usize]);
                bits >>= 2;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn the_stream_of_a_key_is_what_it_always_was() {
        let mut rng = Rng::keyed(&[1, 2, 3]);
        let first: Vec<u64> = (0..3).map(|_| rng.below(1000)).collect();
        assert_eq!(
            first, FIRST,
            "simulated genomes have changed: every figure quoted for them is void"
        );
    }

    const FIRST: [u64; 3] = [276, 896, 767];

    #[test]
    fn counts_have_the_mean_asked_for() {
        for mean in [0.01, 0.3, 1.0, 20.5] {
            let mut rng = Rng::keyed(&[7]);
            let sum: usize = (0..100_000).map(|_| rng.count(mean)).sum();
            let found = sum as f64 / 100_000.0;
            assert!(
                (found - mean).abs() < 0.05 * mean + 0.002,
                "mean {mean}: found {found}"
            );
        }
    }
}
