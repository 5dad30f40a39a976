import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { createWasmEngine } from '../../worker/wasm/wasm-engine.ts'
import { describeConformance } from '../fixtures/engine-conformance.ts'

describeConformance('the wasm engine', {
  create: createWasmEngine,
  reference: o => createTfjsEngine({ ...o, backend: 'wasm' }),
  int8: true,
  rounding: 0,
  randomNetworks: 60,
  windows: 1000,
})
