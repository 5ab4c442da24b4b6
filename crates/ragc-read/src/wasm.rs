//! Bindings for web pages and Node (feature `wasm`): converts and forwards, decides nothing.
