import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { describeConformance } from '../fixtures/engine-conformance.ts'

// The reference against itself on another backend: slow, so few windows.
describeConformance('the tfjs engine on wasm', {
  create: o => createTfjsEngine({ ...o, backend: 'wasm' }),
  reference: o => createTfjsEngine({ ...o, backend: 'cpu' }),
  int8: false,
  rounding: 1e-5,
  randomNetworks: 5,
  windows: 8,
})
