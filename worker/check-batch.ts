import type { NetworkShape } from '../models/blocks.ts'
import type { SeriesWindows, WindowBatch } from '../sdk/engine.ts'
import { EngineError } from '../sdk/errors.ts'

type InputField = 'observed' | 'known' | 'symbols'

/**
 * Refuses a batch whose arrays do not fit the network or hold values it cannot digest.
 * @throws EngineError `SHAPE_MISMATCH`, `NON_FINITE_INPUT`, `UNKNOWN_SYMBOL_CODE`
 */
export function checkBatch(batch: WindowBatch, shape: NetworkShape): void {
  const B = batch.size
  const steps = { observed: shape.lookback, known: shape.lookback + shape.horizons }
  const wanted = `a batch of ${B} windows of this network`
  const isSize = Number.isInteger(B) && B >= 1
  checkLength('observed', batch.observed, isSize ? B * steps.observed * shape.observed : Number.NaN, wanted)
  checkLength('known', batch.known, B * steps.known * shape.known, wanted)
  checkLength('symbols', batch.symbols, B, wanted)
  for (const field of ['observed', 'known'] as const) {
    checkFinite(field, batch[field], index => {
      const step = Math.floor(index / shape[field])
      return { window: Math.floor(step / steps[field]), step: step % steps[field], feature: index % shape[field] }
    })
  }
  batch.symbols.forEach(code => {
    checkSymbol(code, shape)
  })
}

/**
 * Refuses a series whose arrays do not fit the network, or each other.
 * @throws EngineError `SHAPE_MISMATCH`, `NON_FINITE_INPUT`, `UNKNOWN_SYMBOL_CODE`
 */
export function checkSeries(series: SeriesWindows, shape: NetworkShape): void {
  const { horizons } = series
  const ascending = horizons.every((h, k) => Number.isInteger(h) && h > (horizons[k - 1] ?? 0))
  if (horizons.length !== shape.horizons || !ascending) {
    throw new EngineError(
      'SHAPE_MISMATCH',
      `'horizons' is [${horizons}]; this network needs ${shape.horizons} ascending whole numbers of 1 or more.`,
      { field: 'horizons', value: [...horizons], expected: shape.horizons },
    )
  }
  const steps = Math.max(series.observed.length / shape.observed, shape.lookback)
  const wanted = `a series of ${Math.ceil(steps)} steps (at least the lookback of ${shape.lookback}) and a longest horizon of ${horizons.at(-1)}`
  checkLength('observed', series.observed, Math.ceil(steps) * shape.observed, wanted)
  checkLength('known', series.known, (steps + horizons.at(-1)!) * shape.known, wanted)
  for (const field of ['observed', 'known'] as const) {
    checkFinite(field, series[field], index => ({
      step: Math.floor(index / shape[field]),
      feature: index % shape[field],
    }))
  }
  checkSymbol(series.symbol, shape)
}

/**
 * Refuses one step's inputs.
 * @throws EngineError `SHAPE_MISMATCH`, `NON_FINITE_INPUT`
 */
export function checkStep(observed: Float32Array, known: Float32Array, shape: NetworkShape): void {
  checkLength('observed', observed, shape.observed, 'one step of this network')
  checkLength('known', known, shape.known, 'one step of this network')
  checkFinite('observed', observed, feature => ({ feature }))
  checkFinite('known', known, feature => ({ feature }))
}

function checkLength(field: InputField, values: ArrayLike<number>, expected: number, wanted: string): void {
  if (values.length === expected) return
  throw new EngineError(
    'SHAPE_MISMATCH',
    `'${field}' has ${values.length} values; ${wanted} needs ${Number.isNaN(expected) ? 'at least one window' : expected}.`,
    { field, length: values.length, expected },
  )
}

function checkFinite(
  field: InputField,
  values: Float32Array,
  placeOf: (index: number) => Record<string, number>,
): void {
  for (let i = 0; i < values.length; i++) {
    // A comparison is far quicker than a call: x − x is 0 for finite x alone.
    if (values[i] - values[i] === 0) continue
    const place = placeOf(i)
    const where = Object.entries(place).map(([name, at]) => `${name} ${at}`)
    throw new EngineError(
      'NON_FINITE_INPUT',
      `'${field}' holds ${values[i]} at ${where.join(', ')}; every model input must be finite.`,
      { field, value: String(values[i]), ...place },
    )
  }
}

function checkSymbol(code: number, shape: NetworkShape): void {
  if (Number.isInteger(code) && code >= 0 && code < shape.symbols) return
  throw new EngineError('UNKNOWN_SYMBOL_CODE', `Symbol code ${code} is outside 0 … ${shape.symbols - 1}.`, {
    value: code,
  })
}
