import type { NetworkShape } from '../../models/blocks.ts'
import type { WindowBatch } from '../../sdk/engine.ts'
import { EngineError } from '../../sdk/errors.ts'

/**
 * Refuses a batch whose arrays do not fit the network or hold values it cannot digest.
 * @throws EngineError `SHAPE_MISMATCH`, `NON_FINITE_INPUT`, `UNKNOWN_SYMBOL_CODE`
 */
export function checkBatch(batch: WindowBatch, shape: NetworkShape): void {
  const B = batch.size
  const lengths = {
    observed: B * shape.lookback * shape.observed,
    known: B * (shape.lookback + shape.horizons) * shape.known,
    symbols: B,
  }
  for (const field of ['observed', 'known', 'symbols'] as const) {
    if (!Number.isInteger(B) || B < 1 || batch[field].length !== lengths[field]) {
      throw new EngineError(
        'SHAPE_MISMATCH',
        `'${field}' has ${batch[field].length} values; a batch of ${B} windows of this network needs ${lengths[field]}.`,
        { field, length: batch[field].length, expected: lengths[field], batchSize: B },
      )
    }
  }
  for (const field of ['observed', 'known'] as const) {
    const index = batch[field].findIndex(x => !Number.isFinite(x))
    if (index >= 0) {
      const features = field === 'observed' ? shape.observed : shape.known
      const steps = field === 'observed' ? shape.lookback : shape.lookback + shape.horizons
      const place = {
        window: Math.floor(index / (steps * features)),
        step: Math.floor(index / features) % steps,
        feature: index % features,
      }
      throw new EngineError(
        'NON_FINITE_INPUT',
        `'${field}' holds ${batch[field][index]} at window ${place.window}, step ${place.step}, feature ${place.feature}; every model input must be finite.`,
        { field, value: String(batch[field][index]), ...place },
      )
    }
  }
  const unknown = batch.symbols.find(code => code < 0 || code >= shape.symbols)
  if (unknown !== undefined) {
    throw new EngineError('UNKNOWN_SYMBOL_CODE', `Symbol code ${unknown} is outside 0 … ${shape.symbols - 1}.`, {
      value: unknown,
    })
  }
}
