import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { compileFeatures, type FeatureProgram } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import { indicatorFamilies } from '../../../../sdk/feature/family/indicator/families.ts'
import { momentFamilies } from '../../../../sdk/feature/family/moment/families.ts'
import { regimeFamilies } from '../../../../sdk/feature/family/regime/families.ts'
import { volumeProfile } from '../../../../sdk/feature/family/volume/volume-profile.ts'
import { vwapDistances } from '../../../../sdk/feature/family/volume/vwap-distance.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { PanelRun } from '../../../../sdk/feature/panel-run.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { arbitraryMarket } from '../../../fixtures/arbitrary-candles.ts'
import { hasMarketData, recordedCandles } from '../../../fixtures/market-data.ts'

const families = [...indicatorFamilies, ...momentFamilies, ...vwapDistances, ...volumeProfile, ...regimeFamilies]
const SYMBOL = 'ANY/USDT'

/** Windows so short that a few hundred candles fill them. */
const SHORT = [
  ...['smaDistance(5)', 'emaDistance(3)', 'macdHistogram(3,6,4)', 'rsi(3)', 'stochasticD(5,3,2)', 'williamsR(1)'],
  ...['cci(4)', 'roc(2)', 'adx(4)', 'aroonOscillator(4)', 'bollingerPercentB(5,2)', 'bollingerBandwidth(4,1.5)'],
  ...['natr(3)', 'atrRatio(3,0)', 'donchianPosition(4)', 'keltnerPosition(4,3,1)', 'mfi(3)', 'obvSlope(3)'],
  ...[
    'skewness(8)',
    'kurtosis(9)',
    'varianceRatio(2,5)',
    'haarEnergy(1,64)',
    'haarEnergy(7,64)',
    'spectralEntropy(64)',
  ],
  ...['vwapDistance(5)', 'sessionVwapDistance', 'pointOfControlDistance(6,4)', 'valueAreaPosition(7,5)'],
  ...['volatilityScore(24)', 'liquidityScore(24)', 'trendScore(24)', 'regime(24,30)', 'inTrendRegime(up,24)'],
]

const programOf = (features: readonly string[]): FeatureProgram =>
  compileFeatures({ features }, { symbols: [SYMBOL], timeframe: '1h' })

const rowsOf = (candles: readonly Candle[]): FeatureRows => {
  const column = (of: (candle: Candle) => number) => Float64Array.from(candles, of)
  return {
    symbol: SYMBOL,
    timeframe: '1h',
    length: candles.length,
    openTimeMs: column(c => c.openTimeMs),
    open: column(c => c.open),
    high: column(c => c.high),
    low: column(c => c.low),
    close: column(c => c.close),
    volume: column(c => c.volume),
  }
}

/** Every feature's column, computed so many candles at a time. */
function columnsBy(program: FeatureProgram, rows: FeatureRows, capacity: number): Float64Array[] {
  const panel = new PanelRun(program, [rows], capacity)
  const columns = program.observed[0].map(() => new Float64Array(rows.length))
  while (panel.advance()) {
    const from = panel.rowAfter(0) - panel.run.rows[1].count
    columns.forEach((column, f) => {
      column.set(panel.run.columns[program.observedNodes[0][f]].subarray(0, panel.run.rows[1].count), from)
    })
  }
  columns.forEach((column, f) => {
    column.fill(Number.NaN, 0, program.observed[0][f].warmupCandles)
  })
  return columns
}

const still = (candles: number): Candle[] =>
  Array.from({ length: candles }, (_, i) => ({
    openTimeMs: Date.UTC(2024, 0, 1) + i * HOUR_MS,
    ...{ open: 2, high: 2, low: 2, close: 2, volume: 0 },
  }))

describe('the examples of indicators, moments, regimes, volume profile and VWAP', () => {
  const examples = programOf(families.flatMap(family => family.examples))

  it('say in edges what they are in a market that stands still without volume', () => {
    const table = computePanel(examples, [rowsOf(still(2_000))])[0]
    const expected: Record<string, number> = {
      ...{ rsi: 50, stochasticK: 50, stochasticD: 50, williamsR: -50, mfi: 50, aroonUp: 100, aroonDown: 100 },
      ...{ bollingerPercentB: 0.5, donchianPosition: 0.5, valueAreaPosition: 0.5, atrRatio: Math.log(0.1) },
      ...{
        volatilityScore: 0.5,
        liquidityScore: 0.5,
        volatilityRegime: 1,
        liquidityRegime: 1,
        trendRegime: 1,
        regime: 13,
      },
    }
    table.observedNames.forEach((name, f) => {
      const value = table.observed[f][1_999]
      expect(Math.abs(value - (expected[name.replace(/\(.*/, '')] ?? 0)), `${name} is ${value}`).toBeLessThan(1e-9)
    })
  })

  it('stay finite when the price jumps a thousandfold and back', () => {
    const candles = still(2_000).map((candle, i) => {
      const factor = i >= 1_700 && i < 1_800 ? 1000 : 1
      const [open, close] = [candle.open * factor, candle.close * factor * (1 + 0.001 * Math.sin(i))]
      return { ...candle, open, close, high: Math.max(open, close), low: Math.min(open, close), volume: i % 3 }
    })
    const table = computePanel(examples, [rowsOf(candles)])[0]
    table.observedNames.forEach((name, f) => {
      const { warmupCandles } = table.observedFeatures[f]
      const wrong = table.observed[f].findIndex((value, t) => Number.isFinite(value) !== t >= warmupCandles)
      expect(wrong, `${name} at ${wrong} is ${table.observed[f][wrong]}`).toBe(-1)
    })
  })
})

describe('recursive indicators', () => {
  it('forget a price ten thousand times as high, in a market that has all but stood still since', () => {
    const features = ['rsi(14)', 'macdHistogram(12,26,9)', 'adx(14)', 'natr(14)', 'atrRatio(14,0)', 'emaDistance(26)']
    const program = programOf([...features, 'keltnerPosition(20,10,2)', 'keltnerPosition(60,4,1)', 'plusDi(14)'])
    const candles = still(2_600).map((candle, i) => {
      const [open, close] = [i, i + 1].map(t => 2 * (t < 100 ? 1e4 : 1) * (1 + 1e-7 * Math.sin(t)))
      return { ...candle, open, close, high: Math.max(open, close), low: Math.min(open, close) }
    })
    const [whole] = computePanel(program, [rowsOf(candles)])
    for (const cut of [90, 100, 110, 500]) {
      const [late] = computePanel(program, [rowsOf(candles.slice(cut))])
      whole.observedFeatures.forEach(({ name, memoryCandles }, f) => {
        for (let t = cut + memoryCandles; t < candles.length; t++) {
          const [there, here] = [whole.observed[f][t], late.observed[f][t - cut]]
          if (!(Math.abs(there - here) <= 1e-9 * Math.max(1, Math.abs(there)))) {
            expect.fail(`${name} at ${t}: ${there} with the whole history, ${here} with ${t - cut} candles`)
          }
        }
      })
    }
  })
})

describe('on any candles with gaps, the same features with short windows', () => {
  const program = programOf(SHORT)
  const markets = arbitraryMarket([SYMBOL], { minLength: 1, maxLength: 280 })

  it('have finite values after the warm-up, the same bits however many candles come at a time', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 1, max: 90 }), (market, capacity) => {
        const rows = rowsOf(market.get(SYMBOL)!)
        const [table] = computePanel(program, [rows])
        table.observed.forEach((column, f) => {
          const { name, warmupCandles } = table.observedFeatures[f]
          const wrong = column.findIndex((value, t) => Number.isFinite(value) !== t >= warmupCandles)
          expect(wrong, `${name} at ${wrong} is ${column[wrong]}`).toBe(-1)
        })
        expect(columnsBy(program, rows, capacity)).toEqual(table.observed)
        expect(columnsBy(program, rows, 1)).toEqual(table.observed)
      }),
      { numRuns: 60 },
    )
  })

  it('do not see the candles to come', () => {
    fc.assert(
      fc.property(markets, fc.double({ min: 0, max: 1, noNaN: true }), (market, where) => {
        const candles = market.get(SYMBOL)!
        const cut = Math.ceil(candles.length * where)
        const whole = computePanel(program, [rowsOf(candles)])[0]
        const begun = computePanel(program, [rowsOf(candles.slice(0, cut))])[0]
        expect(begun.observed).toEqual(whole.observed.map(column => column.subarray(0, cut)))
      }),
      { numRuns: 30 },
    )
  })
})

describe.skipIf(!hasMarketData('indicators of recorded candles with shorter histories'))('on BTC/USDT', () => {
  it('depend on memoryCandles alone: to the last bit, or to 1e-9 where they are recursive', () => {
    const program = programOf(families.flatMap(family => family.examples))
    const candles = recordedCandles('BTCUSDT').slice(0, 6_000)
    const cut = 1_500
    const [whole] = computePanel(program, [rowsOf(candles)])
    const [late] = computePanel(program, [rowsOf(candles.slice(cut))])
    whole.observedFeatures.forEach(({ name, memoryCandles, exactMemory }, f) => {
      for (let t = cut + memoryCandles; t < candles.length; t++) {
        const [there, here] = [whole.observed[f][t], late.observed[f][t - cut]]
        const differs = exactMemory ? there !== here : !(Math.abs(there - here) <= 1e-9 * Math.max(1, Math.abs(there)))
        if (differs) expect.fail(`${name} at ${t}: ${there} with the whole history, ${here} with ${t - cut} candles`)
      }
    })
  })
})
