import type { EngineCandidate } from '../sdk/engine.ts'

/** As people read it: `wasm`, `webgpu`, `tfjs on wasm`. */
export const nameOf = ({ kind, backend }: Pick<EngineCandidate, 'kind' | 'backend'>): string =>
  backend === null ? kind : `${kind} on ${backend}`

/** Never more digits than were measured: `0.45 ms`, `12.3 ms`. */
export const formatMs = (ms: number): string => `${ms.toFixed(ms < 1 ? 2 : 1)} ms`
