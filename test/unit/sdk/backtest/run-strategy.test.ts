import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Strategy, StrategyContext } from '../../../../sdk/backtest/backtest.ts'
import { runStrategy } from '../../../../sdk/backtest/run-strategy.ts'
import { BacktestError, ConfigError } from '../../../../sdk/errors.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { randomSeries, seriesOf } from './market.ts'

/** Wants these exposures, one per candle. */
const scripted = (...exposures: (number | null)[]): Strategy => {
  let i = 0
  return { name: 'scripted', onCandle: () => exposures[i++] ?? null }
}
const FREE = { feeBps: 0, slippageBps: 0 }
const five = seriesOf([
  [90, 95],
  [100, 110],
  [120, 115],
  [125, 130],
  [140, 150],
])

describe('runStrategy', () => {
  it('buys and sells at the next open, worked by hand with a fee of 1 %', () => {
    // cash 1010. Wants 1 at the close of candle 0, so it buys at 100: 1010 / 1.01 = 1000 worth, 10 units, fee 10.
    // Wants 0 at the close of candle 2, so it sells 10 at 125: 1250 − 12.5 fee = 1237.5.
    const run = runStrategy({
      series: five,
      strategy: scripted(1, null, 0),
      costs: { feeBps: 100, slippageBps: 0 },
      initialCashQuote: 1010,
    })
    expect(Array.from(run.equity)).toEqual([1010, 1100, 1150, 1237.5, 1237.5])
    expect(run.trades).toEqual([
      {
        timeMs: HOUR_MS,
        side: 'buy',
        quantityBase: 10,
        price: 100,
        feeQuote: 10,
        slippageQuote: 0,
        realisedQuote: null,
      },
      {
        timeMs: 3 * HOUR_MS,
        side: 'sell',
        quantityBase: 10,
        price: 125,
        feeQuote: 12.5,
        slippageQuote: 0,
        realisedQuote: 227.5,
      },
    ])
    // invested at two of five closes, fully
    expect(run.exposureFraction).toBeCloseTo(2 / 5, 12)
  })

  it('charges slippage on the price and the fee on the slipped notional', () => {
    // slippage 10 %, fee 10 %: a unit bought at 100 fills at 110 and costs 121 with the fee; cash 1210 buys 10.
    // Sold at 140 (decided at 130): fills at 126, 1260 − 126 fee = 1134.
    const run = runStrategy({
      series: five,
      strategy: scripted(1, null, null, 0),
      costs: { feeBps: 1000, slippageBps: 1000 },
      initialCashQuote: 1210,
    })
    const [bought, sold] = run.trades
    expect(bought.quantityBase).toBeCloseTo(10, 10)
    expect(bought.price).toBeCloseTo(110, 10)
    expect(bought.feeQuote).toBeCloseTo(110, 9)
    expect(bought.slippageQuote).toBeCloseTo(100, 9)
    expect(sold.price).toBeCloseTo(126, 10)
    expect(sold.feeQuote).toBeCloseTo(126, 9)
    expect(sold.slippageQuote).toBeCloseTo(140, 9)
    expect(sold.realisedQuote).toBeCloseTo(-76, 9)
    expect(run.equity[4]).toBeCloseTo(1134, 9)
  })

  it('sells short where that is allowed and buys back, worked by hand', () => {
    // cash 1000, no costs. Wants −0.5: sells 5 at 100, cash 1500. Closes: 1500 − 5·110 = 950, 1500 − 5·115 = 925.
    // Wants 0 at candle 2: buys 5 back at 125: 1500 − 625 = 875, a loss of 125.
    const run = runStrategy({
      series: five,
      strategy: scripted(-0.5, null, 0),
      costs: FREE,
      initialCashQuote: 1000,
      allowShort: true,
    })
    expect(Array.from(run.equity)).toEqual([1000, 950, 925, 875, 875])
    expect(run.trades.map(t => [t.side, t.quantityBase, t.realisedQuote])).toEqual([
      ['sell', 5, null],
      ['buy', 5, -125],
    ])
  })

  it('turns a position in one trade and realises only what it closed', () => {
    // cash 1000, no costs: buys 10 at 100. Wants −1 at the close of candle 1: at 120 equity is 1200, so it must hold
    // −10: sells 20, of which 10 close with a profit of 200. At 125 it buys the 10 back: a loss of 50.
    const run = runStrategy({
      series: five,
      strategy: scripted(1, -1, 0),
      costs: FREE,
      initialCashQuote: 1000,
      allowShort: true,
    })
    expect(run.trades.map(t => [t.side, t.quantityBase, t.realisedQuote])).toEqual([
      ['buy', 10, null],
      ['sell', 20, 200],
      ['buy', 10, -50],
    ])
    expect(run.equity[4]).toBe(1150)
  })

  it('never fills what is decided at the last close', () => {
    const run = runStrategy({ series: five, strategy: scripted(null, null, null, null, 1), costs: FREE })
    expect(run.trades).toEqual([])
  })

  it('starts at the candle asked for: nothing before it is seen, its own open is not traded', () => {
    const seen: number[] = []
    const strategy: Strategy = {
      name: 'watcher',
      onCandle: ({ index }) => {
        seen.push(index)
        return 1
      },
    }
    const run = runStrategy({ series: five, strategy, costs: FREE, startIndex: 2 })
    expect(seen).toEqual([2, 3, 4])
    expect(run.equity).toHaveLength(3)
    expect(run.trades[0].timeMs).toBe(3 * HOUR_MS)
  })

  it('leaves a position alone that is within 5 % of equity of what is wanted, but always opens and closes', () => {
    const flat = seriesOf(Array.from({ length: 6 }, () => [100, 100] as const))
    const run = runStrategy({
      series: flat,
      strategy: scripted(0.02, 0.06, 0.08, 0.02, 0),
      costs: FREE,
      initialCashQuote: 10_000,
    })
    // opens 2 units; 0.06 is within the band of 0.02; 0.08 is beyond it; 0.02 likewise; 0 closes
    expect(run.trades.map(t => [t.side, Math.round(t.quantityBase * 1e9) / 1e9])).toEqual([
      ['buy', 2],
      ['buy', 6],
      ['sell', 6],
      ['sell', 2],
    ])
  })

  it('closes a ruined account and lets it trade no more', () => {
    const squeeze = seriesOf([
      [100, 100],
      [100, 250],
      [250, 250],
      [100, 100],
      [100, 100],
    ])
    const run = runStrategy({
      series: squeeze,
      strategy: scripted(-1, -1, -1, -1, -1),
      costs: FREE,
      initialCashQuote: 1000,
      allowShort: true,
    })
    expect(Array.from(run.equity)).toEqual([1000, -500, -500, -500, -500])
    expect(run.trades).toHaveLength(2)
  })

  it('tells the strategy its position, cash, equity and exposure', () => {
    const contexts: StrategyContext[] = []
    const strategy: Strategy = {
      name: 'watcher',
      onCandle: context => {
        contexts.push(context)
        return contexts.length === 1 ? 0.5 : null
      },
    }
    runStrategy({ series: five, strategy, costs: FREE, initialCashQuote: 1000 })
    expect(contexts[0]).toMatchObject({ index: 0, positionBase: 0, cashQuote: 1000, equityQuote: 1000, exposure: 0 })
    // 5 units bought at 100, worth 550 at the close
    expect(contexts[1]).toMatchObject({
      index: 1,
      positionBase: 5,
      cashQuote: 500,
      equityQuote: 1050,
      exposure: 550 / 1050,
    })
  })

  it('refuses exposures that are not a fraction of equity, naming strategy, candle and value', () => {
    for (const exposure of [Number.NaN, Infinity, 1.01, -2]) {
      const call = () =>
        runStrategy({ series: five, strategy: scripted(null, exposure), costs: FREE, allowShort: true })
      expect(call).toThrow(BacktestError)
      expect(call).toThrow(`'scripted' at candle 1 of BTC/USDT (1970-01-01T01:00:00Z) wants an exposure of ${exposure}`)
    }
  })

  it('refuses shorts unless they are asked for', () => {
    expect(() => runStrategy({ series: five, strategy: scripted(-0.1), costs: FREE })).toThrow(
      /-0\.1.*may not be short/,
    )
  })

  it('refuses costs, cash and starts that make no sense', () => {
    const strategy = scripted()
    expect(() => runStrategy({ series: five, strategy, costs: { feeBps: -1, slippageBps: 0 } })).toThrow(ConfigError)
    expect(() => runStrategy({ series: five, strategy, costs: FREE, initialCashQuote: 0 })).toThrow(
      /initialCashQuote is 0/,
    )
    expect(() => runStrategy({ series: five, strategy, costs: FREE, startIndex: 4 })).toThrow(/from candle 4 of 5/)
  })
})

describe('accounting', () => {
  const anyCosts = fc.record({
    feeBps: fc.double({ min: 0, max: 200, noNaN: true }),
    slippageBps: fc.double({ min: 0, max: 200, noNaN: true }),
  })
  const anyScript = fc.array(fc.option(fc.double({ min: -1, max: 1, noNaN: true })), { minLength: 39, maxLength: 39 })
  const near = (actual: number, expected: number, scale: number): void => {
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * scale)
  }

  it('equity is cash plus position at every close, and every cent is price gains less costs', () => {
    fc.assert(
      fc.property(fc.integer(), anyScript, anyCosts, (seed, script, costs) => {
        const series = randomSeries(40, seed)
        const contexts: StrategyContext[] = []
        let i = 0
        const strategy: Strategy = {
          name: 'recorded',
          onCandle: context => {
            contexts.push(context)
            return script[i++] ?? null
          },
        }
        const run = runStrategy({ series, strategy, costs, initialCashQuote: 1000, allowShort: true })

        // an account kept by other means: quantities valued at undisturbed prices, costs apart
        let position = 0
        let gains = 0
        let paid = 0
        let next = 0
        for (let t = 0; t < series.length; t++) {
          if (t > 0) gains += position * (series.open[t] - series.close[t - 1])
          while (next < run.trades.length && run.trades[next].timeMs === series.openTimeMs[t]) {
            const trade = run.trades[next++]
            position += trade.side === 'buy' ? trade.quantityBase : -trade.quantityBase
            paid += trade.feeQuote + trade.slippageQuote
          }
          gains += position * (series.close[t] - series.open[t])
          near(contexts[t].positionBase, position, 100)
          near(run.equity[t], contexts[t].cashQuote + contexts[t].positionBase * series.close[t], 1000)
          near(run.equity[t], 1000 + gains - paid, 10_000)
        }
        expect(next).toBe(run.trades.length)
      }),
    )
  })

  it('realised profits are the whole profit once the position is closed', () => {
    fc.assert(
      fc.property(fc.integer(), anyScript, anyCosts, (seed, script, costs) => {
        const strategy = scripted(...script.slice(0, 38), 0)
        const run = runStrategy({
          series: randomSeries(40, seed),
          strategy,
          costs,
          initialCashQuote: 1000,
          allowShort: true,
        })
        const realised = run.trades.reduce((sum, t) => sum + (t.realisedQuote ?? 0), 0)
        near(realised, run.equity[39] - 1000, 10_000)
      }),
    )
  })

  it('the exposure wanted is there after the costs of the trade', () => {
    const flat = seriesOf(Array.from({ length: 3 }, () => [100, 100] as const))
    const wanted = fc.double({ min: -1, max: 1, noNaN: true }).filter(x => x !== 0)
    fc.assert(
      fc.property(wanted, anyCosts, (exposure, costs) => {
        const contexts: StrategyContext[] = []
        const strategy: Strategy = {
          name: 'recorded',
          onCandle: context => {
            contexts.push(context)
            return contexts.length === 1 ? exposure : null
          },
        }
        runStrategy({ series: flat, strategy, costs, allowShort: true })
        expect(contexts[2].exposure).toBeCloseTo(exposure, 10)
      }),
    )
  })

  it('an account that may not be short never owes cash', () => {
    fc.assert(
      fc.property(fc.integer(), anyScript, anyCosts, (seed, script, costs) => {
        let i = 0
        const strategy: Strategy = {
          name: 'long only',
          onCandle: ({ cashQuote, positionBase }) => {
            expect(cashQuote).toBeGreaterThanOrEqual(-1e-9)
            expect(positionBase).toBeGreaterThanOrEqual(0)
            const wanted = script[i++]
            return wanted == null ? null : Math.abs(wanted)
          },
        }
        runStrategy({ series: randomSeries(40, seed), strategy, costs, initialCashQuote: 1000 })
      }),
    )
  })
})
