import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latch } from '../../../../sdk/feature/family/liquidation/latch.ts'
import { Graph } from '../../../../sdk/feature/graph/graph.ts'
import { GraphRun } from '../../../../sdk/feature/graph/graph-run.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { constructedRows, featureColumn } from '../../../fixtures/feature/constructed-rows.ts'

/** There are no recorded liquidations: these are constructed. */
const HOURS = 900
const QUIET = 1000

/** A market that trembles by a tenth of a percent, with a little liquidation on both sides, and what happens to it. */
function market(o: {
  longs?: Readonly<Record<number, number>>
  shorts?: Readonly<Record<number, number>>
  moves?: Readonly<Record<number, number>>
}) {
  let price = 100
  const closes = Array.from({ length: HOURS }, (_, t) => {
    price *= o.moves?.[t] ?? (t % 2 === 0 ? 1.001 : 1 / 1.001)
    return price
  })
  const quiet = (events: Readonly<Record<number, number>> = {}) =>
    Array.from({ length: HOURS }, (_, t) => events[t] ?? QUIET)
  const inputs = { longLiquidation: quiet(o.longs), shortLiquidation: quiet(o.shorts) }
  return constructedRows({ closes, volume: 1000, inputs })
}

describe('liquidations', () => {
  it('are a share of the turnover', () => {
    const rows = market({ longs: { 899: 4000 } })
    expect(featureColumn(rows, 'liquidationShare')[899]).toBeCloseTo(5000 / (1000 * rows.close[899]), 14)
  })

  it('are all of the turnover where they are more, and none of it where there are none, whatever the volume', () => {
    const none = Object.fromEntries(Array.from({ length: HOURS }, (_, t) => [t, 0]))
    for (const volume of [0, Number.MIN_VALUE, 1]) {
      const shareOf = (rows: ReturnType<typeof market>) =>
        featureColumn({ ...rows, volume: new Float64Array(HOURS).fill(volume) }, 'liquidationShare')[899]
      expect(shareOf(market({}))).toBe(1)
      expect(shareOf(market({ longs: none, shorts: none }))).toBe(0)
    }
  })

  it('have the intensity 0 where they are as usual, and the decaying mean against the usual after a burst', () => {
    expect(featureColumn(market({}), 'liquidationIntensity(2)')[899]).toBeCloseTo(0, 12)
    const rows = market({ longs: { 898: 100_000 } })
    // 99,000 more than usual a candle ago: half-life 2, so that weights are 2^(−1/2), and sum up to 1 / (1 − 2^(−1/2))
    const decay = Math.SQRT1_2
    const now = 2 * QUIET + 99_000 * decay * (1 - decay)
    const usual = 2 * QUIET + 99_000 / 720
    const turnover = rows.close.subarray(180).reduce((sum, close) => sum + close * 1000, 0) / 720
    const expected = Math.log((now + 1e-5 * turnover) / (usual + 1e-5 * turnover))
    // the mean is cut after 32 half-lives: 2⁻³² of the weight
    expect(featureColumn(rows, 'liquidationIntensity(2)')[899]).toBeCloseTo(expected, 8)
  })

  it('are imbalanced to the side that is forced', () => {
    expect(featureColumn(market({}), 'liquidationImbalance(2)')[899]).toBeCloseTo(0, 12)
    const longs = Object.fromEntries(Array.from({ length: HOURS }, (_, t) => [t, 3 * QUIET]))
    expect(featureColumn(market({ longs }), 'liquidationImbalance(12)')[899]).toBeCloseTo(-0.5, 12)
  })

  it('that there are none of read 0, and −3 % of the price is no cascade', () => {
    const none = Object.fromEntries(Array.from({ length: HOURS }, (_, t) => [t, 0]))
    const rows = market({ longs: none, shorts: none, moves: { 899: 0.97 } })
    for (const name of [
      'liquidationShare',
      'liquidationIntensity(2)',
      'liquidationImbalance(2)',
      'liquidationCascade(2)',
    ]) {
      expect(featureColumn(rows, name)[899], name).toBe(0)
    }
  })

  it('that are not known have no value, and one hour of that does not blank a month', () => {
    const rows = market({ longs: { 850: Number.NaN } })
    for (const name of [
      'liquidationShare',
      'liquidationIntensity(2)',
      'liquidationImbalance(2)',
      'liquidationCascade(2)',
    ]) {
      const column = featureColumn(rows, name)
      expect(column[850], name).toBe(Number.NaN)
      expect(column[851], name).not.toBe(Number.NaN)
    }
  })
})

describe('a cascade', () => {
  const longs = { 850: 50_000, 851: 200_000, 852: 150_000 }
  const moves = { 850: 0.99, 851: 0.96, 852: 0.97 }

  it('of longs begins as forced sales and the fall go together, and ends as they ebb away', () => {
    const cascade = featureColumn(market({ longs, moves }), 'liquidationCascade(2)')
    expect(Array.from(cascade.subarray(848, 854))).toEqual([0, 0, -1, -1, -1, -1])
    const intensity = featureColumn(market({ longs, moves }), 'liquidationIntensity(2)')
    const end = cascade.findIndex((state, t) => t > 852 && state === 0)
    // over at the first candle with less than twice the usual
    expect(intensity[end]).toBeLessThan(Math.log(2))
    expect(intensity[end - 1]).toBeGreaterThanOrEqual(Math.log(2))
    expect(end).toBeLessThan(870)
  })

  it('of shorts has the other sign', () => {
    const up = { 850: 1.01, 851: 1.04, 852: 1.03 }
    const cascade = featureColumn(market({ shorts: longs, moves: up }), 'liquidationCascade(2)')
    expect(Array.from(cascade.subarray(848, 854))).toEqual([0, 0, 1, 1, 1, 1])
  })

  it('is none without the move, against the move, on both sides at once, or without more than usual', () => {
    const cases = {
      'no move': market({ longs }),
      'a rise': market({ longs, moves: { 850: 1.01, 851: 1.04, 852: 1.03 } }),
      'both sides': market({ longs, shorts: longs, moves }),
      'as usual': market({ moves }),
    }
    for (const [name, rows] of Object.entries(cases)) {
      expect(
        featureColumn(rows, 'liquidationCascade(2)').findIndex(state => state === 1 || state === -1),
        name,
      ).toBe(-1)
    }
  })
})

describe('a volatility cluster', () => {
  /** Trembles of `size` in hours `from … to`, of a thousandth else. */
  const trembling = (size: number, from: number, to: number) => {
    let price = 100
    const closes = Array.from({ length: 1500 }, (_, t) => {
      const move = t >= from && t < to ? size : 0.001
      price *= t % 2 === 0 ? 1 + move : 1 / (1 + move)
      return price
    })
    return featureColumn(constructedRows({ closes }), 'volatilityCluster(720)')
  }

  it('is one of large moves from a multiple of the usual volatility until it is back at it, without a break', () => {
    const cluster = trembling(0.01, 1000, 1100)
    expect(cluster[999]).toBe(0)
    const first = cluster.indexOf(1)
    expect(first).toBeGreaterThanOrEqual(1000)
    expect(first).toBeLessThan(1010)
    const end = cluster.findIndex((state, t) => t > first && state !== 1)
    expect(end).toBeGreaterThan(1100)
    expect(cluster.subarray(first, end).every(state => state === 1)).toBe(true)
    expect(cluster.subarray(end).includes(1)).toBe(false)
  })

  it('is one of small moves likewise', () => {
    const cluster = trembling(0.0001, 1000, 1100)
    const first = cluster.indexOf(-1)
    expect(first).toBeGreaterThan(1000)
    expect(cluster[first + 10]).toBe(-1)
    expect(cluster.includes(1)).toBe(false)
  })

  it('is none in a market that stands still or trembles evenly', () => {
    for (const size of [0, 0.001]) expect(trembling(size, 0, 1500).findIndex(x => x === 1 || x === -1)).toBe(-1)
  })
})

describe('a latch', () => {
  it('is what the newest decisive row among the last ones says, on any rows', () => {
    const row = fc.constantFrom([0, 0], [1, 0], [-1, 0], [0, 1], [1, 1], [Number.NaN, 0], [0, Number.NaN])
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (rows, maxRows) => {
        const graph = new Graph()
        const axis = graph.axisOf('BTC/USDT')
        const [starts, ends] = ['starts', 'ends'].map(name => graph.source(axis, name))
        const state = latch(starts, ends, maxRows)
        const run = new GraphRun(graph, { capacity: rows.length, stepMs: HOUR_MS })
        run.rows[axis.index].count = rows.length
        run.columns[starts.id].set(rows.map(([start]) => start))
        run.columns[ends.id].set(rows.map(([, end]) => end))
        run.advance()
        const expected = rows.map((now, t) => {
          if (Number.isNaN(now[0] + now[1])) return Number.NaN
          const seen = rows.slice(Math.max(0, t - maxRows), t + 1)
          const decisive = seen.findLast(([start, end]) => !Number.isNaN(start + end) && (start !== 0 || end === 1))
          return decisive?.[0] ?? 0
        })
        expect(Array.from(run.columns[state.id])).toEqual(expected)
      }),
    )
  })
})
