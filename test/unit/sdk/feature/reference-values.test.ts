import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { CandleSeries } from '../../../../sdk/candle/candle.ts'
import { splitAtGaps } from '../../../../sdk/candle/split-at-gaps.ts'
import { validateCandles } from '../../../../sdk/candle/validate-candles.ts'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import { FEATURES } from '../../../../sdk/feature/registry.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'
import { hasMarketData, recordedCandles } from '../../../fixtures/market-data.ts'

/**
 * Values that an independent numpy script computed from the published formulas, with a plain sum over each window instead
 * of anything rolling.
 */
interface Reference {
  readonly recorded: readonly { openTimeMs: number; values: Record<string, number> }[]
  readonly formula: readonly { index: number; values: Record<string, number> }[]
}
const reference = JSON.parse(
  readFileSync(new URL('../../../fixtures/feature/reference-values.json', import.meta.url), 'utf8'),
) as Reference

const NAMES = FEATURES.filter(feature => feature.kind === 'observed').map(feature => feature.name)

/** Volatility and every observed feature at one candle. */
function valuesAt(series: CandleSeries, index: number): Record<string, number> {
  const table = computeFeatures(series, NAMES)
  const features = table.observedNames.map((name, f) => [name, table.observed[f][index]] as const)
  return { volatility: table.shared.volatility[index], ...Object.fromEntries(features) }
}

function expectClose(found: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, value] of Object.entries(expected)) {
    expect(Math.abs(found[name] - value), `${name}: ${found[name]}, expected ${value}`).toBeLessThan(
      1e-9 * Math.max(1, Math.abs(value)),
    )
  }
}

describe('every observed feature', () => {
  it.each(reference.formula)(
    'equals the reference at candle $index of a market in closed form',
    ({ index, values }) => {
      expectClose(valuesAt(formulaSeries(600), index), values)
    },
  )
})

describe.skipIf(!hasMarketData('features of recorded candles against their reference values'))('on BTC/USDT', () => {
  it.each(reference.recorded)(
    'every observed feature equals the reference at $openTimeMs',
    ({ openTimeMs, values }) => {
      const piece = splitAtGaps(recordedCandles('BTCUSDT'), '1h').find(
        p => p[0].openTimeMs <= openTimeMs && openTimeMs <= p[p.length - 1].openTimeMs,
      )!
      const index = piece.findIndex(candle => candle.openTimeMs === openTimeMs)
      expectClose(valuesAt(validateCandles(piece, { symbol: 'BTC/USDT', timeframe: '1h' }), index), values)
    },
  )
})
