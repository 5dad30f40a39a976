import type { TfjsBackend } from '../../../../sdk/engine.ts'
import { IN_NODE } from '../surroundings.ts'
import { type Contender, ofEngine } from './contender.ts'

/** tfjs in plain ops, with embeddings folded: the reference engine. */
export const tfjs = (backend: TfjsBackend): Contender => ({
  async open({ network, weights }) {
    const { createTfjsEngine } = await import('../../../../worker/tfjs/tfjs-engine.ts')
    // Node finds the binaries by itself, and has no bundler that knows their addresses
    const paths = IN_NODE ? {} : { wasmPaths: (await import('../../../../worker/tfjs/wasm-paths.ts')).wasmPaths }
    return ofEngine(await createTfjsEngine({ network, weights, backend, ...paths }))
  },
})
