/**
 * What only shows after many repetitions:
 * - `npm run soak -- [wasm | webgpu] [forecasts]`: whether memory stays flat;
 * - `npm run soak -- fetch [runs] [--seed n]`: whether market data are exact, whatever the exchange does and whenever the
 *   process is killed.
 */
import { soakFetch } from './fetch/soak-fetch.ts'
import { soakMemory } from './memory.ts'

const [what, ...rest] = process.argv.slice(2)
const isFine = what === 'fetch' ? await soakFetch(rest) : await soakMemory(process.argv.slice(2))
if (!isFine) process.exitCode = 1
