import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import { marketFamilies } from '../../../../sdk/feature/family/market/families.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { arbitraryMarket } from '../../../fixtures/arbitrary-candles.ts'
import { hoursAfterStart, type MarketCandles, panelOf, setOf } from '../../../fixtures/feature/feature-panel.ts'
import { findChunkDifferences, findLookAhead, findStreamDifferences } from '../../../fixtures/feature/look-ahead.ts'

const MARKET = ['BTC/USDT', 'ETH/USDT', 'DOGE/USDT']
const OUTSIDER = 'XMR/USDT'
const FEATURES = [...marketFamilies.flatMap(family => family.examples), 'return(1)']

const compile = (symbols: readonly string[], market: readonly string[] = MARKET) =>
  compileFeatures({ ...setOf(FEATURES), market }, { symbols, timeframe: '1h' })

/** Symbols begin at different times, and now and then only the outsider has candles. */
const arbitraryPanel = fc
  .record({
    market: arbitraryMarket([...MARKET, OUTSIDER], { minLength: 260, maxLength: 400 }),
    starts: fc.tuple(...[...MARKET, OUTSIDER].map(() => fc.integer({ min: 0, max: 90 }))),
    outages: fc.array(fc.integer({ min: 100, max: 390 }), { maxLength: 8 }),
  })
  .map(({ market, starts, outages }): MarketCandles => {
    const startMs = Math.min(...[...market.values()].map(candles => candles[0].openTimeMs))
    const hourOf = ({ openTimeMs }: Candle) => (openTimeMs - startMs) / HOUR_MS
    return new Map(
      [...market].map(([symbol, candles], s) => [
        symbol,
        candles.filter(
          candle => hourOf(candle) >= starts[s] && (symbol === OUTSIDER || !outages.includes(hourOf(candle))),
        ),
      ]),
    )
  })

/** Panels are large: shrinking one takes minutes, and the seed is enough to see a failure again. */
const RUNS = { numRuns: 20, endOnFailure: true }

/** Every value by symbol and feature. */
function computed(market: MarketCandles, symbols: readonly string[], of: readonly string[] = MARKET) {
  const program = compile(symbols, of)
  const tables = computePanel(program, panelOf(program, market))
  return new Map(
    tables.map(table => [
      table.series.symbol,
      new Map(table.observedNames.map((name, f) => [name, [...table.observed[f]]])),
    ]),
  )
}

describe('a panel of symbols that begin at different times and lack candles', () => {
  const program = compile([...MARKET, OUTSIDER])

  it('gives the same bits at once, in chunks and tick by tick', () => {
    fc.assert(
      fc.property(arbitraryPanel, fc.integer({ min: 1, max: 60 }), (market, ticks) => {
        const panel = panelOf(program, market)
        const whole = computePanel(program, panel)
        expect(findStreamDifferences(program, panel, whole)).toEqual([])
        expect(findChunkDifferences(program, panel, ticks, whole)).toEqual([])
      }),
      RUNS,
    )
  })

  it('gives the same bits when all symbols are cut at a time', () => {
    fc.assert(
      fc.property(arbitraryPanel, fc.integer({ min: 180, max: 390 }), (market, hours) => {
        const panel = panelOf(program, market)
        expect(findLookAhead(program, panel, hoursAfterStart(panel, hours))).toEqual([])
      }),
      RUNS,
    )
  })

  it('gives the same bits in whatever order its symbols and those of the market are named', () => {
    fc.assert(
      fc.property(
        arbitraryPanel,
        fc.shuffledSubarray([...MARKET, OUTSIDER], { minLength: 4 }),
        fc.shuffledSubarray(MARKET, { minLength: 3 }),
        (market, symbols, of) => {
          const [expected, found] = [computed(market, [...MARKET, OUTSIDER]), computed(market, symbols, of)]
          for (const symbol of symbols) expect(found.get(symbol)).toEqual(expected.get(symbol))
        },
      ),
      RUNS,
    )
  })

  it('gives the same bits without a symbol that is not of the market, whatever ticks that one makes', () => {
    fc.assert(
      fc.property(arbitraryPanel, market => {
        const [among, alone] = [computed(market, [...MARKET, OUTSIDER]), computed(market, MARKET)]
        for (const symbol of MARKET) expect(among.get(symbol)).toEqual(alone.get(symbol))
      }),
      RUNS,
    )
  })
})
