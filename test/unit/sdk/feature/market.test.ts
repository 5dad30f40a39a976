import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { FeatureError } from '../../../../sdk/errors.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import {
  hoursAfterStart,
  type MarketCandles,
  PANEL_SYMBOLS,
  panelOf,
  setOf,
  simulatedMarket,
  stillAfter,
} from '../../../fixtures/feature/feature-panel.ts'
import { findLongMemory } from '../../../fixtures/feature/look-ahead.ts'

const [BTC, ETH, DOGE] = PANEL_SYMBOLS
const HOURS = 600

function columnsOf(candles: MarketCandles, symbol: string, features: readonly string[], market = PANEL_SYMBOLS) {
  const program = compileFeatures({ ...setOf(features), market }, { symbols: [symbol], timeframe: '1h' })
  const [table] = computePanel(program, panelOf(program, candles))
  return { table, columns: new Map(table.observedNames.map((name, f) => [name, table.observed[f]])) }
}

const replaced = (market: MarketCandles, symbol: string, of: (candles: readonly Candle[]) => Candle[]): MarketCandles =>
  new Map([...market, [symbol, of(market.get(symbol)!)]])

describe('the market', () => {
  const simulated = simulatedMarket(HOURS)

  it('of one symbol moves as that does, in units of what was expected a candle before', () => {
    const { table, columns } = columnsOf(simulated, BTC, ['marketMove(1)', 'marketMove(6)'], [BTC])
    const { close } = table.series
    const z = close.map((price, t) => Math.log(price / close[t - 1]) / table.volatility[t - 1])
    for (let t = 300; t < HOURS; t++) {
      expect(columns.get('marketMove(1)')![t]).toBeCloseTo(Math.max(-8, Math.min(8, z[t])), 9)
    }
    const six = z.slice(394, 400).reduce((sum, x) => sum + x, 0)
    expect(columns.get('marketMove(6)')![399]).toBeCloseTo(six / 2.45, 9)
  })

  it('of one symbol has no dispersion, and that symbol is nothing but the market', () => {
    const names = ['marketDispersion(1)', 'marketDispersion(24)', 'relativeVolatility']
    const { columns } = columnsOf(simulated, BTC, names, [BTC])
    for (const name of names) expect(columns.get(name)![HOURS - 1], name).toBeCloseTo(0, 12)
  })

  it('is the same for every symbol that has a candle', () => {
    const names = ['marketMove(24)', 'marketActivity(3)', 'marketDispersion(1)', 'marketVolatilityRatio(720)']
    const [ofBtc, ofDoge] = [columnsOf(simulated, BTC, names), columnsOf(simulated, DOGE, names)]
    for (const name of names) expect(ofDoge.columns.get(name)).toEqual(ofBtc.columns.get(name))
  })

  it('has defined values where nothing moves', () => {
    const still = new Map(
      [...simulated].map(([symbol, candles]) => [symbol, candles.map(c => stillAfter(candles[0], c.openTimeMs))]),
    )
    const expected = {
      'marketMove(24)': 0,
      'marketActivity(12)': Math.log(0.05),
      'marketDispersion(24)': 0,
      marketVolatility: Math.log(1e-5),
      'marketVolatilityRatio(720)': 0,
      relativeVolatility: 0,
      relativeMove: 0,
      'leadReturn(BTC/USDT,24)': 0,
      'leadParkinson(BTC/USDT,1,0.1)': Math.log(0.1),
      'leadParkinson(BTC/USDT,6,0)': Math.log(0.1),
      'leadEwmaVolatility(BTC/USDT,6)': Math.log(0.1),
      'beta(BTC/USDT,96)': 0,
      'correlation(BTC/USDT,96)': 0,
    }
    const { columns } = columnsOf(still, ETH, Object.keys(expected))
    for (const [name, value] of Object.entries(expected)) {
      expect(columns.get(name)![HOURS - 1], name).toBeCloseTo(value, 9)
    }
  })

  it('must be named by the feature set', () => {
    const compile = () => compileFeatures({ features: ['marketMove(1)'] }, { symbols: [BTC], timeframe: '1h' })
    expect(compile).toThrow(FeatureError)
    expect(compile).toThrow('names no market')
  })
})

describe('a leader that lacks candles', () => {
  const lacking = 60
  const from = 400
  const market = replaced(simulatedMarket(HOURS), BTC, candles =>
    candles.filter((_, t) => t < from || t >= from + lacking),
  )
  const { columns } = columnsOf(market, ETH, ['leadReturn(BTC/USDT,3)', 'leadVolatility(BTC/USDT)'])

  it.each([...columns.keys()])('keeps its last value for 48 candles and has none after: %s', name => {
    const column = columns.get(name)!
    const last = column[from - 1]
    expect(last).not.toBeNaN()
    expect(new Set(column.subarray(from, from + 48))).toEqual(new Set([last]))
    expect(new Set(column.subarray(from + 48 - 1, from + lacking))).toEqual(new Set([last, Number.NaN]))
    expect(column[from + 48]).toBeNaN()
    expect(column[from + lacking]).not.toBeNaN()
  })
})

describe('a leader that began to trade after its follower', () => {
  const begins = 100
  const market = replaced(simulatedMarket(HOURS), BTC, candles => candles.slice(begins))
  const { columns } = columnsOf(market, ETH, ['leadReturn(BTC/USDT,3)', 'leadVolatility(BTC/USDT)'])

  it.each([...columns.keys()])('has no value before its own volatility has settled: %s', name => {
    const column = columns.get(name)!
    expect(column.subarray(begins, begins + 168).every(Number.isNaN)).toBe(true)
    expect(column.subarray(begins + 168).every(Number.isFinite)).toBe(true)
  })
})

describe('a symbol of the market that began to trade of late', () => {
  const begins = 300
  const young = replaced(simulatedMarket(HOURS), DOGE, candles => candles.slice(begins))
  const names = [
    'marketMove(1)',
    'marketMove(6)',
    'marketActivity(1)',
    'marketActivity(12)',
    'marketDispersion(1)',
    'marketVolatility',
    'relativeVolatility',
    'relativeMove',
  ]
  const { columns: found } = columnsOf(young, BTC, names)
  const { columns: without } = columnsOf(young, BTC, names, [BTC, ETH])

  it.each(names)('changes nothing until its own volatility has settled: %s', name => {
    const settles = begins + 168
    expect(found.get(name)!.subarray(0, settles)).toEqual(without.get(name)!.subarray(0, settles))
    expect(found.get(name)![settles + 1]).not.toBe(without.get(name)![settles + 1])
  })
})

describe('memory of another symbol', () => {
  const newest = HOURS - 1
  const program = compileFeatures({ features: ['leadFunding(BTC/USDT,72)'] }, { symbols: [ETH], timeframe: '1h' })

  it('reaches over candles that it lacks and over those for which its last value is held', () => {
    const lacks = (t: number) => t > newest - 150 && t <= newest - 48 && t % 5 < 2
    const market = replaced(simulatedMarket(HOURS), BTC, candles => candles.filter((_, t) => !lacks(t)))
    const panel = panelOf(program, market).map(rows => ({
      ...rows,
      // of BTC nothing is known in the last 47 hours but its candles
      inputs: {
        ...rows.inputs,
        fundingRate: rows.openTimeMs.map((_, t) => (t < rows.length - 47 ? 1e-5 * (t % 9) : Number.NaN)),
      },
    }))
    const [lead] = program.observed[0]
    expect(computePanel(program, panel)[0].observed[0][newest]).not.toBeNaN()
    expect(findLongMemory(program, panel, hoursAfterStart(panel, newest - lead.memoryCandles))).toEqual([])
  })
})

describe('beta and correlation', () => {
  const market = simulatedMarket(HOURS)
  const names = ['beta(BTC/USDT,96)', 'correlation(BTC/USDT,96)']

  it('are 1 for the symbol itself, but for what keeps them finite', () => {
    const { columns } = columnsOf(market, BTC, names)
    for (const name of names) expect(columns.get(name)![HOURS - 1], name).toBeCloseTo(1, 4)
  })

  it('are 2 and 1 for what moves twice as far, −1 for its reciprocal', () => {
    const powered = (exponent: number) =>
      replaced(market, ETH, () =>
        market.get(BTC)!.map(({ openTimeMs, open, high, low, close, volume }) => {
          const prices = [open, high, low, close].map(price => (price / 1000) ** exponent)
          const [first, , , last] = prices
          return {
            ...{ openTimeMs, volume, open: first, close: last },
            ...{ high: Math.max(...prices), low: Math.min(...prices) },
          }
        }),
      )
    const valuesOf = (exponent: number) => {
      const { columns } = columnsOf(powered(exponent), ETH, names)
      return names.map(name => columns.get(name)![HOURS - 1])
    }
    const [[doubleBeta, doubleCorrelation], [inverseBeta, inverseCorrelation]] = [valuesOf(2), valuesOf(-1)]
    expect(doubleBeta).toBeCloseTo(2, 4)
    expect(doubleCorrelation).toBeCloseTo(1, 4)
    expect(inverseBeta).toBeCloseTo(-1, 4)
    expect(inverseCorrelation).toBeCloseTo(-1, 4)
  })
})
