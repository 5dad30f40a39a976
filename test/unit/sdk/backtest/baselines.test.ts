import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../../../sdk/backtest/backtest.ts'
import { buyAndHold, simpleGrid } from '../../../../sdk/backtest/baselines.ts'
import { runStrategy } from '../../../../sdk/backtest/run-strategy.ts'
import { seriesOf } from './market.ts'

const FREE = { feeBps: 0, slippageBps: 0 }

function wantedOn(strategy: Strategy, closes: number[]): (number | null)[] {
  const series = seriesOf(closes.map(close => [close, close] as const))
  const context = { series, positionBase: 0, cashQuote: 1, equityQuote: 1, exposure: 0 }
  return closes.map((_, index) => strategy.onCandle({ ...context, index }))
}

it('Buy & Hold buys once with everything and earns what the market earns from the first open', () => {
  const series = seriesOf([
    [90, 95],
    [100, 110],
    [110, 80],
    [90, 150],
  ])
  const run = runStrategy({ series, strategy: buyAndHold(), costs: FREE, initialCashQuote: 1000 })
  expect(run.trades).toHaveLength(1)
  expect(Array.from(run.equity)).toEqual([1000, 1100, 800, 1500])
})

describe('Simple Grid', () => {
  it('starts half invested, buys a tenth per rung down and sells a tenth per rung up', () => {
    // rungs at 100 · 1.02^k: 102, 104.04 …; 98.039, 96.117 …
    expect(wantedOn(simpleGrid(), [100, 101, 98, 96, 98.1, 104.1])).toEqual([0.5, null, 0.6, 0.7, 0.6, 0.3])
  })

  it('does not trade back and forth around one rung', () => {
    expect(wantedOn(simpleGrid(), [100, 98, 98.1, 98, 99.9, 98])).toEqual([0.5, 0.6, null, null, null, null])
  })

  it('is all-in five rungs down, flat five rungs up, and moves once the close is a rung further', () => {
    expect(wantedOn(simpleGrid(), [100, 90, 89.5, 88.5])).toEqual([0.5, 1, null, 0.5])
    expect(wantedOn(simpleGrid(), [100, 111, 112, 113, 110.7])).toEqual([0.5, 0, null, 0.5, 0.6])
  })

  it('earns about 2 % of a tenth of equity for each rung swung up and down again', () => {
    // 25 swings over 4 rungs: 25 · 4 · 0.1 · 2 % = 20 %, about 22 % compounded
    const swings = Array.from({ length: 201 }, (_, i) => 100 * 1.02 ** [0, 1, 2, 1, 0, -1, -2, -1][i % 8])
    const run = runStrategy({
      series: seriesOf(swings.map((close, i) => [swings[i - 1] ?? close, close] as const)),
      strategy: simpleGrid(),
      costs: FREE,
      initialCashQuote: 1000,
    })
    expect(run.equity[200] / 1000 - 1).toBeGreaterThan(0.19)
    expect(run.equity[200] / 1000 - 1).toBeLessThan(0.25)
  })
})
