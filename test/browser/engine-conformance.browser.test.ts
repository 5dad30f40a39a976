import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { wasmPaths } from '../../worker/tfjs/wasm-paths.ts'
import { createWasmEngine } from '../../worker/wasm/wasm-engine.ts'
import { createWebgpuEngine } from '../../worker/webgpu/webgpu-engine.ts'
import { type CreateEngine, describeConformance } from '../fixtures/engine-conformance.ts'

const reference: CreateEngine = o => createTfjsEngine({ ...o, backend: 'wasm', wasmPaths })

// Here with relaxed SIMD, which Node refuses without a flag.
describeConformance('the wasm engine in a browser', {
  create: createWasmEngine,
  reference,
  int8: false,
  rounding: 0,
  randomNetworks: 10,
  windows: 1000,
})

describeConformance('the webgpu engine on a software adapter, int8', {
  create: createWebgpuEngine,
  reference,
  int8: true,
  rounding: 0,
  randomNetworks: 6,
  windows: 1000,
})

describeConformance('the webgpu engine on a software adapter, float32', {
  create: createWebgpuEngine,
  reference,
  int8: false,
  rounding: 0,
  randomNetworks: 6,
  windows: 1000,
})
