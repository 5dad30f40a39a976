import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'

interface Vector {
  readonly feature: string
  /** The publication, and where its numbers were read. */
  readonly source: string
  readonly candles: Partial<Record<'high' | 'low' | 'close' | 'volume', number[]>> & { readonly close: number[] }
  /** Candle of the first value. */
  readonly first: number
  /** What a feature is multiplied by to be in the publication's unit. */
  readonly times?: 'close' | 'close/100'
  /** As printed, and half a unit of its last digit or what the digits of its inputs allow. */
  readonly printed: number[]
  readonly within: number
  /** From the same candles by the published definition, with all digits, in plain Python. */
  readonly full: number[]
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../fixtures/feature/indicator-vectors.json', import.meta.url), 'utf8'),
) as Vector[]

const column = (values: readonly number[]): Float64Array => Float64Array.from(values)

function rowsOf({ close, high = close, low = close, volume = close.map(() => 1) }: Vector['candles']): FeatureRows {
  return {
    symbol: 'VEC/USDT',
    timeframe: '1h',
    length: close.length,
    openTimeMs: column(close.map((_, i) => i * HOUR_MS)),
    open: column(close),
    high: column(high),
    low: column(low),
    close: column(close),
    volume: column(volume),
  }
}

function valuesOf({ feature, candles, first, times, full }: Vector): number[] {
  const { observed } = computeFeatures(rowsOf(candles), [feature])
  return full.map((_, i) => {
    const unit = times === undefined ? 1 : candles.close[first + i] / (times === 'close' ? 1 : 100)
    return observed[0][first + i] * unit
  })
}

describe('published indicators', () => {
  it.each(vectors)('$feature has the values of $source', vector => {
    const values = valuesOf(vector)
    vector.full.forEach((full, i) => {
      const at = `${vector.feature} of candle ${vector.first + i}`
      expect(Math.abs(values[i] - full), `${at}: ${values[i]}, in full ${full}`).toBeLessThan(1e-9)
      expect(Math.abs(values[i] - vector.printed[i]), `${at}: ${values[i]}, printed ${vector.printed[i]}`).toBeLessThan(
        vector.within,
      )
    })
  })

  it('begin with the candle for which the publications give the first value', () => {
    // of these three the publications leave out the first values
    const later = ['stochasticK(5,3)', 'stochasticD(14,1,3)', 'cci(5)']
    for (const { feature, candles, first } of vectors.filter(vector => !later.includes(vector.feature))) {
      const { observed } = computeFeatures(rowsOf(candles), [feature])
      expect(
        observed[0].findIndex(value => !Number.isNaN(value)),
        feature,
      ).toBe(first)
    }
  })
})
