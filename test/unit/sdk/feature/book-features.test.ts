import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import { alignInputs } from '../../../../sdk/feature/input/align-inputs.ts'
import { ALL_TIMES } from '../../../../sdk/feature/input/source-follower.ts'
import { MINUTE_MS } from '../../../../sdk/units.ts'
import reference from '../../../fixtures/feature/book-reference.json' with { type: 'json' }
import { constructedRows, featureColumn } from '../../../fixtures/feature/constructed-rows.ts'
import { hasMarketData, type RecordedVenue, recordedBook } from '../../../fixtures/market-data.ts'

const LEVELS = Array.from({ length: 10 }, (_, i) => i)

/** Recorded snapshots by column, as the store has them. */
function recordedEvents(venue: RecordedVenue, pair: string) {
  const snapshots = recordedBook(venue, pair)
  const column = (value: (snapshot: (typeof snapshots)[number]) => number) => Float64Array.from(snapshots, value)
  const level = (i: number) => ({
    [`bidPrice${i + 1}`]: column(({ bids }) => bids[i][0]),
    [`bidQuantity${i + 1}`]: column(({ bids }) => bids[i][1]),
    [`askPrice${i + 1}`]: column(({ asks }) => asks[i][0]),
    [`askQuantity${i + 1}`]: column(({ asks }) => asks[i][1]),
  })
  const columns = Object.assign({ timeMs: column(({ timeMs }) => timeMs) }, ...LEVELS.map(level))
  return { length: snapshots.length, columns, covered: ALL_TIMES }
}

describe.skipIf(!hasMarketData('order book features'))('on recorded order books', () => {
  it.each(Object.keys(reference))('equal what numpy computes of the last snapshot of each minute: %s', market => {
    const expected = reference[market as keyof typeof reference]
    const [venue, pair] = market.split(' ')
    // minutes before the first snapshot, so that there is a usual volume
    const startMs = expected[0].openTimeMs - 30 * MINUTE_MS
    const rows = constructedRows({
      closes: Array.from({ length: 30 + expected.length }, () => 100),
      timeframe: '1m',
      startMs,
    })
    const features = Object.keys(expected[0]).filter(name => name !== 'openTimeMs')
    const inputs = [
      ...LEVELS.flatMap(i => ['bidPrice', 'bidQuantity', 'askPrice', 'askQuantity'].map(name => `${name}${i + 1}`)),
      'orderFlow',
      'topDepth',
    ]
    const columns = alignInputs({ inputs, candles: rows, events: { book: recordedEvents(venue as 'spot', pair) } })
    const table = computeFeatures({ ...rows, inputs: columns }, features)
    for (const at of expected) {
      const t = table.series.openTimeMs.indexOf(at.openTimeMs)
      for (const [name, value] of Object.entries(at)) {
        if (name === 'openTimeMs') continue
        expect(table.observed[table.observedNames.indexOf(name)][t], `${name} at ${t}`).toBeCloseTo(value, 7)
      }
      // nothing is known before the first snapshot
      expect(table.observed.every(column => Number.isNaN(column[10]))).toBe(true)
    }
  })
})

/** A book of two levels a side, 1 and 2 below 100 and above 102, in one candle after many without a book. */
function inBookOf(
  feature: string,
  { bids, asks, volume = 100 }: { bids: readonly number[]; asks: readonly number[]; volume?: number },
): number {
  const closes = Array.from({ length: 30 }, () => 101)
  const inBook = (value: number) => closes.map(() => value)
  const level = (i: number) => ({
    [`bidPrice${i + 1}`]: inBook(i < bids.length ? 100 - i : Number.NaN),
    [`bidQuantity${i + 1}`]: inBook(bids[i] ?? Number.NaN),
    [`askPrice${i + 1}`]: inBook(i < asks.length ? 102 + i : Number.NaN),
    [`askQuantity${i + 1}`]: inBook(asks[i] ?? Number.NaN),
  })
  const inputs = Object.assign({}, ...LEVELS.map(level))
  return featureColumn(constructedRows({ closes, volume, inputs }), feature)[29]
}

describe('order book features of constructed books', () => {
  it('have the values computed by hand', () => {
    const book = { bids: [3, 5], asks: [1, 1] }
    expect(inBookOf('bookSpread', book)).toBeCloseTo((2 / 101) * 10_000, 9)
    expect(inBookOf('bookImbalance(1)', book)).toBe(0.5)
    expect(inBookOf('bookImbalance(2)', book)).toBe(0.6)
    // 3/4 of the way from bid to ask: half a unit above the mid
    expect(inBookOf('weightedMid', book)).toBeCloseTo((0.5 / 101) * 10_000, 9)
    // bids: (1·3 + 2·8) / (1 + 4), asks: (1·1 + 2·2) / (1 + 4)
    expect(inBookOf('bookSlope(2)', book)).toBeCloseTo(Math.log(19 / 5), 12)
    // 100 bps of 101 are 1.01: the best levels only
    expect(inBookOf('bookDepth(100)', book)).toBeCloseTo(Math.log(4 / 100 + 1e-6), 12)
    expect(inBookOf('bookDepth(200)', book)).toBeCloseTo(Math.log(10 / 100 + 1e-6), 12)
  })

  it('have no value where a level is missing or empty, but where levels don’t matter', () => {
    const thin = { bids: [3], asks: [1, 1] }
    expect(inBookOf('bookImbalance(2)', thin)).toBe(Number.NaN)
    expect(inBookOf('bookSlope(2)', thin)).toBe(Number.NaN)
    expect(inBookOf('bookImbalance(1)', thin)).toBe(0.5)
    expect(inBookOf('bookDepth(200)', thin)).toBeCloseTo(Math.log(5 / 100 + 1e-6), 12)
    const empty = { bids: [0, 0], asks: [0, 0] }
    for (const name of ['bookImbalance(2)', 'weightedMid', 'bookSlope(2)']) {
      expect(inBookOf(name, empty), name).toBe(Number.NaN)
    }
    expect(inBookOf('bookDepth(200)', empty)).toBeCloseTo(Math.log(1e-6), 12)
    expect(inBookOf('bookDepth(200)', { bids: [1, 1], asks: [1, 1], volume: 0 })).toBe(Number.NaN)
  })

  it('are a million candles’ worth deep at most, where next to nothing was traded', () => {
    const book = { bids: [1, 1], asks: [1, 1], volume: Number.MIN_VALUE }
    expect(inBookOf('bookDepth(200)', book)).toBeCloseTo(Math.log(1e6), 9)
  })
})
