import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FeatureProgram } from '../../sdk/feature/compile-features.ts'
import { computePanel } from '../../sdk/feature/compute-features.ts'
import type { FeatureRows, FeatureTable } from '../../sdk/feature/feature-table.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { arbitraryMarket } from '../fixtures/arbitrary-candles.ts'
import {
  compileExamples,
  EXAMPLES,
  hoursAfterStart,
  PANEL_SYMBOLS,
  panelOf,
  roughMarket,
} from '../fixtures/feature/feature-panel.ts'
import {
  compareTables,
  findChunkDifferences,
  findLongMemory,
  findLookAhead,
  findStreamDifferences,
} from '../fixtures/feature/look-ahead.ts'

describe('every documented feature, on simulated candles with gaps, standstills and a jump by six orders of magnitude', () => {
  const market = roughMarket(3000)
  let program: FeatureProgram
  let panel: FeatureRows[]
  let whole: FeatureTable[]
  beforeAll(() => {
    program = compileExamples()
    panel = panelOf(program, market)
    whole = computePanel(program, panel)
  }, 60_000)

  it('has the same bits candle by candle as computed at once', () => {
    expect(findStreamDifferences(program, panel, whole)).toEqual([])
  })

  it.each([1, 7, 100_000])('has the same bits computed %d ticks at a time', ticks => {
    expect(findChunkDifferences(program, panel, ticks, whole)).toEqual([])
  })

  it('has the same bits computed a second time', () => {
    expect(compareTables(program, whole, computePanel(program, panel))).toEqual([])
  })

  it('has the same bits by itself as among all others, for one symbol as for three: no two series share a name', () => {
    const [table] = whole
    const observed = new Map(table.observedNames.map((name, f) => [name, table.observed[f]]))
    const unlike = EXAMPLES.filter(name => {
      const alone = compileExamples([name], [table.series.symbol])
      const [found] = computePanel(alone, panelOf(alone, market))
      return found.observed.length === 1 && !sameBits(found.observed[0], observed.get(name)!)
    })
    expect(unlike).toEqual([])
  })

  it('has the same bits in whatever order features are asked for', () => {
    const reversed = compileExamples([...EXAMPLES].reverse())
    const tables = computePanel(reversed, panel)
    const unlike = program.observed.flatMap((features, s) =>
      features.flatMap(({ name }, f) =>
        sameBits(whole[s].observed[f], tables[s].observed[tables[s].observedNames.indexOf(name)]) ? [] : [name],
      ),
    )
    expect(unlike).toEqual([])
  })
})

describe('every known feature', () => {
  const hours = Float64Array.from({ length: 2000 }, (_, i) => (400_000 + 37 * i) * HOUR_MS)

  it('is a finite function of the time alone, in whatever order it is asked for', () => {
    const forwards = compileExamples().known[0]
    const backwards = compileExamples().known[0]
    forwards.forEach((feature, f) => {
      const values = hours.map(feature.at!)
      expect(values.every(Number.isFinite), feature.name).toBe(true)
      const again = hours.toReversed().map(backwards[f].at!).reverse()
      expect(sameBits(values, again), feature.name).toBe(true)
    })
  })
})

describe('every documented feature, on any candles of three symbols, some of them missing', () => {
  const program = compileExamples()
  const market = arbitraryMarket(PANEL_SYMBOLS, { minLength: 180, maxLength: 420 })
  const share = fc.double({ min: 0.05, max: 0.95, noNaN: true })

  it('is the same at once and candle by candle, and knows neither later nor forgotten candles', () => {
    fc.assert(
      fc.property(market, share, share, fc.integer({ min: 1, max: 50 }), (candles, start, end, ticks) => {
        const panel = panelOf(program, candles)
        const whole = computePanel(program, panel)
        const timeAt = (of: number) => hoursAfterStart(panel, Math.ceil(of * panel[0].length))
        expect(findStreamDifferences(program, panel, whole)).toEqual([])
        expect(findChunkDifferences(program, panel, ticks, whole)).toEqual([])
        expect(findLookAhead(program, panel, timeAt(end), whole)).toEqual([])
        expect(findLongMemory(program, panel, timeAt(start * 0.5), whole)).toEqual([])
      }),
      // not shrunk: that would take hours
      { numRuns: 10, endOnFailure: true },
    )
  })
})

const sameBits = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((value, t) => Object.is(value, b[t]))
