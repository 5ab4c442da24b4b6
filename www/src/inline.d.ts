// What the build puts into ragc/inline.
declare module 'ragc:wasm' {
  const base64: string;
  export default base64;
}
declare module 'ragc:worker' {
  const script: string;
  export default script;
}
