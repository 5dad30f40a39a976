export { LanePool } from './lane-pool.ts'
export { PooledEngine } from './pooled-engine.ts'
export { createWasmEngine } from './wasm/wasm-engine.ts'
