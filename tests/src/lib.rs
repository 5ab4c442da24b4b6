//! What the tests, the simulator and the benchmark share.
