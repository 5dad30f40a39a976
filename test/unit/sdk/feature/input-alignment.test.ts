import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FeatureError } from '../../../../sdk/errors.ts'
import { alignInputs } from '../../../../sdk/feature/input/align-inputs.ts'
import { FEATURE_INPUTS, resolveInput } from '../../../../sdk/feature/input/feature-inputs.ts'
import { InputFeed } from '../../../../sdk/feature/input/input-feed.ts'
import { INPUT_SOURCES, type InputSourceName, MACRO_SERIES } from '../../../../sdk/feature/input/input-source.ts'
import { ALL_TIMES, type InputEvents } from '../../../../sdk/feature/input/source-follower.ts'
import { FAMILIES } from '../../../../sdk/feature/registry.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, timeframeMs } from '../../../../sdk/units.ts'
import { KINDS } from '../../../../trainer/data/kind.ts'
import { compileExamples } from '../../../fixtures/feature/feature-panel.ts'

const START_MS = Date.UTC(2024, 0, 1)

type Event = Readonly<Record<string, number>>

const eventsOf = (events: readonly Event[], covered = ALL_TIMES): InputEvents => ({
  length: events.length,
  columns: Object.fromEntries(
    Object.keys(events[0] ?? {}).map(name => [name, Float64Array.from(events, event => event[name])]),
  ),
  covered,
})

const hourlyCandles = (hours: readonly number[]) => ({
  timeframe: '1h' as const,
  length: hours.length,
  openTimeMs: Float64Array.from(hours, hour => START_MS + hour * HOUR_MS),
})

/** One column of hourly candles that open at these hours after the start. */
const columnOf = (
  input: string,
  source: InputSourceName,
  events: readonly Event[],
  hours: readonly number[],
  covered = ALL_TIMES,
): number[] =>
  Array.from(
    alignInputs({ inputs: [input], candles: hourlyCandles(hours), events: { [source]: eventsOf(events, covered) } })[
      input
    ],
  )

const thrownBy = (run: () => unknown): FeatureError => {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(FeatureError)
    return error as FeatureError
  }
  throw new Error('nothing was thrown')
}

const funding = (hour: number, rate: number): Event => ({ timeMs: START_MS + hour * HOUR_MS, rate })

describe('the catalogue of inputs', () => {
  it('names each input once, with unit, meaning and alignment', () => {
    expect(new Set(FEATURE_INPUTS.map(({ name }) => name)).size).toBe(FEATURE_INPUTS.length)
    for (const { unit, meaning, alignment } of FEATURE_INPUTS) {
      for (const text of [unit, meaning, alignment]) expect(text).not.toBe('')
    }
  })

  it('has every column that the features of the order book, derivatives, liquidations and macro series take', () => {
    const groups = ['book', 'derivative', 'liquidation', 'macro']
    const examples = FAMILIES.filter(({ group }) => groups.includes(group)).flatMap(family => family.examples)
    const needed = compileExamples(examples)
      .observed.flat()
      .flatMap(feature => feature.inputs)
    expect(new Set(needed.map(({ input }) => resolveInput(input).input.source))).toEqual(
      new Set(Object.keys(INPUT_SOURCES)),
    )
  })

  it('reads columns that the store has', () => {
    const kinds = {
      book: 'book',
      funding: 'funding',
      openInterest: 'openInterest',
      liquidation: 'liquidation',
    } as const
    for (const { source, columns } of FEATURE_INPUTS) {
      if ((MACRO_SERIES as readonly string[]).includes(source)) continue
      const stored = Object.keys(KINDS[kinds[source as 'book'] ?? 'candle'].columns)
      expect(stored).toEqual(expect.arrayContaining([INPUT_SOURCES[source].timeColumn, ...columns]))
    }
  })

  it.each(['fundingRates', 'fundingRate[2]', 'vixLogMean', 'spyClose[0]', 'spyClose[x]', 'spyClose[1000]', ''])(
    'refuses "%s" and lists what there is',
    name => {
      const error = thrownBy(() => resolveInput(name))
      expect(error.code).toBe('UNKNOWN_INPUT')
      expect(error.message).toContain(`"${name}"`)
      expect(error.message).toContain('fundingRate, openInterest')
    },
  )
})

describe('the last value known', () => {
  it('is used by the first candle that closes when it is known, and by none before', () => {
    // paid at 08:00, known at 08:01: the candle 07:00–08:00 closes too early
    expect(columnOf('fundingRate', 'funding', [funding(0, 1), funding(8, 2)], [5, 6, 7, 8, 9])).toEqual([1, 1, 1, 2, 2])
  })

  it('counts at the very millisecond in which it becomes known', () => {
    const at = (ms: number) => ({ timeMs: START_MS + HOUR_MS - MINUTE_MS + ms, rate: 3 })
    expect(columnOf('fundingRate', 'funding', [at(0)], [0])).toEqual([3])
    expect(columnOf('fundingRate', 'funding', [at(1)], [0, 1])).toEqual([Number.NaN, 3])
  })

  it('is not known where it is older than its kind may be', () => {
    expect(columnOf('fundingRate', 'funding', [funding(0, 1)], [22, 23, 24])).toEqual([1, 1, Number.NaN])
    const sample = { timeMs: START_MS, base: 5 }
    expect(columnOf('openInterest', 'openInterest', [sample], [0, 1, 2])).toEqual([5, 5, Number.NaN])
  })

  it('passes over samples that do not have the value', () => {
    const samples = [
      { timeMs: START_MS, base: 5 },
      { timeMs: START_MS + HOUR_MS, base: Number.NaN },
    ]
    expect(columnOf('openInterest', 'openInterest', samples, [0, 1])).toEqual([5, 5])
  })

  it('of another market’s candle is that of the same hour or none', () => {
    const candle = (hour: number, close: number) => ({ openTimeMs: START_MS + hour * HOUR_MS, close })
    expect(columnOf('perpetualClose', 'perpetual', [candle(0, 1), candle(2, 3)], [0, 1, 2])).toEqual([1, Number.NaN, 3])
  })

  it('of a book is the last snapshot’s: a level that is gone has no value', () => {
    const snapshot = (minute: number, price: number) => ({ timeMs: START_MS + minute * MINUTE_MS, bidPrice10: price })
    expect(
      columnOf('bidPrice10', 'book', [snapshot(56, 9), snapshot(116, 9), snapshot(118, Number.NaN)], [0, 1]),
    ).toEqual([9, Number.NaN])
    // five minutes old at most
    expect(columnOf('bidPrice10', 'book', [snapshot(54, 9)], [0])).toEqual([Number.NaN])
  })
})

describe('sums over a candle', () => {
  const order = (ms: number, side: 1 | -1, price: number, quantity: number) => ({
    timeMs: START_MS + ms,
    price,
    quantity,
    side,
  })

  it('add up the value of what became known during it, by side', () => {
    const orders = [
      order(5, -1, 100, 2),
      order(HOUR_MS - SECOND_MS, -1, 90, 1), // known exactly at the close
      order(HOUR_MS - SECOND_MS + 1, 1, 95, 4), // known a millisecond later
      order(HOUR_MS + 7, -1, 80, 0.5),
    ]
    expect(columnOf('longLiquidation', 'liquidation', orders, [0, 1, 2])).toEqual([290, 40, 0])
    expect(columnOf('shortLiquidation', 'liquidation', orders, [0, 1, 2])).toEqual([0, 380, 0])
  })

  it('leave out what happened while candles were missing', () => {
    const orders = [order(5, -1, 100, 2), order(1.5 * HOUR_MS, -1, 100, 3), order(2.5 * HOUR_MS, -1, 100, 4)]
    expect(columnOf('longLiquidation', 'liquidation', orders, [0, 2])).toEqual([200, 400])
  })

  it('are known where two stretches that are known meet within a candle', () => {
    const meetMs = START_MS + 1.5 * HOUR_MS
    const covered = [
      { fromMs: meetMs, toMs: START_MS + 9 * HOUR_MS },
      { fromMs: START_MS - HOUR_MS, toMs: meetMs },
    ]
    expect(columnOf('longLiquidation', 'liquidation', [], [0, 1, 2], covered)).toEqual([0, 0, 0])
  })

  it('are 0 where nothing happened, and not known where that is not known', () => {
    const covered = [{ fromMs: START_MS + HOUR_MS - SECOND_MS + 1, toMs: START_MS + 3 * HOUR_MS - SECOND_MS + 1 }]
    expect(columnOf('longLiquidation', 'liquidation', [], [0, 1, 2, 3], covered)).toEqual([
      Number.NaN,
      0,
      0,
      Number.NaN,
    ])
  })
})

describe('daily sessions', () => {
  const session = (day: number, close: number) => ({ timeMs: START_MS + day * DAY_MS, close })
  // Tuesday 2024-01-02 to Friday, then Monday
  const sessions = [session(1, 10), session(2, 11), session(3, 12), session(4, 13), session(7, 14)]

  it('are known from half past ten in the evening of their date, UTC', () => {
    // the candles 21:00–22:00 of Tuesday and Wednesday close too early, those of 22:00–23:00 know the session
    expect(columnOf('spyClose', 'SPY', sessions, [45, 46, 69, 70])).toEqual([Number.NaN, 10, 10, 11])
  })

  it.each([
    ['15m' as const, 22.5 * HOUR_MS],
    ['1h' as const, 23 * HOUR_MS],
    ['4h' as const, 24 * HOUR_MS],
    ['1d' as const, 24 * HOUR_MS],
  ])('are first known to the %s candle that closes then', (timeframe, closeMs) => {
    const stepMs = timeframeMs(timeframe)
    const openTimeMs = Float64Array.of(closeMs - 2 * stepMs, closeMs - stepMs).map(ms => ms + START_MS + DAY_MS)
    const candles = { timeframe, length: 2, openTimeMs }
    const { spyClose } = alignInputs({ inputs: ['spyClose'], candles, events: { SPY: eventsOf(sessions) } })
    expect(Array.from(spyClose)).toEqual([Number.NaN, 10])
  })

  it('hold over a weekend, and for seven days at most', () => {
    const friday = 4 * 24 + 22
    expect(columnOf('spyClose', 'SPY', sessions, [friday, friday + 71, friday + 72])).toEqual([13, 13, 14])
    const last = 7 * 24 + 22
    expect(columnOf('spyClose', 'SPY', sessions, [last + 167, last + 168])).toEqual([14, Number.NaN])
  })

  it('count back by sessions, not by days', () => {
    const monday = 7 * 24 + 23
    const inputs = ['spyClose[1]', 'spyClose[4]', 'spyClose[5]', 'spySession', 'spyLogMean[2]']
    const columns = alignInputs({ inputs, candles: hourlyCandles([monday]), events: { SPY: eventsOf(sessions) } })
    expect(inputs.slice(0, 4).map(name => columns[name][0])).toEqual([13, 10, Number.NaN, START_MS + 7 * DAY_MS])
    expect(columns['spyLogMean[2]'][0]).toBeCloseTo((Math.log(13) + Math.log(14)) / 2, 14)
  })
})

describe('order flow', () => {
  const top = (second: number, bid: number, bidQuantity: number, ask: number, askQuantity: number) => ({
    timeMs: START_MS + second * SECOND_MS,
    ...{ bidPrice1: bid, bidQuantity1: bidQuantity, askPrice1: ask, askQuantity1: askQuantity },
  })

  it('adds what comes to the bid and leaves the ask, and takes the reverse', () => {
    const flow = (snapshots: Event[]) => columnOf('orderFlow', 'book', snapshots, [0])[0]
    const before = top(1, 100, 5, 101, 7)
    // by hand, from the definition of Cont, Kukanov and Stoikov
    expect(flow([before, top(2, 100, 8, 101, 7)])).toBe(3) // bid grows by 3
    expect(flow([before, top(2, 100, 5, 101, 9)])).toBe(-2) // ask grows by 2
    expect(flow([before, top(2, 100.5, 2, 101, 7)])).toBe(2) // a better bid of 2
    expect(flow([before, top(2, 99, 6, 101, 7)])).toBe(-5) // the bid of 5 is gone
    expect(flow([before, top(2, 100, 5, 102, 4)])).toBe(7) // the ask of 7 is gone
    expect(flow([before, top(2, 100, 5, 100.5, 1)])).toBe(-1) // a better ask of 1
    expect(flow([before, top(2, 100, 8, 101, 7), top(3, 100, 8, 102, 1)])).toBe(10)
  })

  it('does not count what lies between snapshots far apart, or before a book without a side', () => {
    const flow = (snapshots: Event[]) => columnOf('orderFlow', 'book', snapshots, [0])[0]
    expect(flow([top(1, 100, 5, 101, 7), top(12, 100, 8, 101, 7)])).toBe(Number.NaN)
    expect(flow([top(1, 100, 5, 101, 7), top(2, 100, 5, Number.NaN, 7), top(3, 100, 9, 101, 7)])).toBe(Number.NaN)
  })

  it('has the mean quantity at the best prices as its measure', () => {
    expect(columnOf('topDepth', 'book', [top(1, 100, 5, 101, 7), top(2, 100, 8, 101, 7)], [0, 1])).toEqual([
      6.75,
      Number.NaN,
    ])
  })
})

/** Plausible events of a source at these times. */
function eventAt(source: InputSourceName, timeMs: number, seed: number): Event {
  const unit = (n: number) => ((seed * 7919 + n * 104729) % 1009) / 1009
  const time = { [INPUT_SOURCES[source].timeColumn]: timeMs }
  if (source === 'funding') return { ...time, rate: unit(1) - 0.5 }
  if (source === 'openInterest') return { ...time, base: unit(1) < 0.1 ? Number.NaN : unit(2) * 1e5 }
  if (source === 'liquidation') {
    return { ...time, price: 100 * unit(1), quantity: unit(2), side: unit(3) < 0.5 ? 1 : -1 }
  }
  if (source !== 'book') return { ...time, close: 100 + unit(1) }
  const level = (n: number) => ({ [`bidPrice${n}`]: 100 - n * unit(n), [`askPrice${n}`]: 101 + n * unit(n + 10) })
  const depth = (n: number) => ({ [`bidQuantity${n}`]: unit(n + 20), [`askQuantity${n}`]: unit(n + 30) })
  return Object.assign(time, ...Array.from({ length: 10 }, (_, i) => ({ ...level(i + 1), ...depth(i + 1) })))
}

const ALL_INPUTS = FEATURE_INPUTS.flatMap(({ name, sessions }) =>
  sessions === 'required' ? [`${name}[3]`] : sessions ? [name, `${name}[1]`, `${name}[5]`] : [name],
)
const SOURCES = Object.keys(INPUT_SOURCES) as InputSourceName[]

const arbitraryCase = fc.record({
  /** Hours at which a candle opens. */
  hours: fc.uniqueArray(fc.nat(240), { minLength: 1, maxLength: 60 }).map(hours => hours.sort((a, b) => a - b)),
  /** Minutes from two days before the first candle on, some before the close of an hour. */
  minutes: fc.array(fc.tuple(fc.nat(17_000), fc.nat(60_000), fc.nat()), { maxLength: 300 }),
})

function eventsOfCase(minutes: readonly (readonly [number, number, number])[]) {
  const times = minutes.map(([minute, ms, seed]) => ({ timeMs: START_MS - 2 * DAY_MS + minute * MINUTE_MS + ms, seed }))
  times.sort((a, b) => a.timeMs - b.timeMs)
  return Object.fromEntries(
    SOURCES.map(source => {
      // candles open at the hour, sessions bear the date
      const gridMs =
        source === 'spot' || source === 'perpetual' ? HOUR_MS : MACRO_SERIES.includes(source as 'SPY') ? DAY_MS : 1
      return [source, times.map(({ timeMs, seed }) => eventAt(source, Math.floor(timeMs / gridMs) * gridMs, seed))]
    }),
  ) as Record<InputSourceName, Event[]>
}

const align = (hours: readonly number[], events: Record<InputSourceName, Event[]>) =>
  alignInputs({
    inputs: ALL_INPUTS,
    candles: hourlyCandles(hours),
    events: Object.fromEntries(
      SOURCES.map(source => [
        source,
        // without events, the columns are there all the same
        events[source].length > 0 ? eventsOf(events[source]) : { ...eventsOf([eventAt(source, 0, 0)]), length: 0 },
      ]),
    ),
  })

describe('every input, on random events and candles', () => {
  it('has the same bits as a stream, whether events come early or just in time', () => {
    fc.assert(
      fc.property(arbitraryCase, fc.nat(3 * HOUR_MS), ({ hours, minutes }, aheadMs) => {
        const events = eventsOfCase(minutes)
        const batch = align(hours, events)
        const feed = new InputFeed({ inputs: ALL_INPUTS, timeframe: '1h', completeFromMs: Number.NEGATIVE_INFINITY })
        const next = new Map(SOURCES.map(source => [source, 0]))
        hours.forEach((hour, t) => {
          const openTimeMs = START_MS + hour * HOUR_MS
          for (const source of SOURCES) {
            const all = events[source]
            let i = next.get(source)!
            // an app knows events that become known after the close only if they come ahead
            while (i < all.length && all[i][INPUT_SOURCES[source].timeColumn] <= openTimeMs + HOUR_MS + aheadMs) {
              feed.push(source, all[i++])
            }
            next.set(source, i)
          }
          const row = feed.read(openTimeMs)
          for (const name of ALL_INPUTS) {
            if (!Object.is(row[name], batch[name][t]))
              throw new Error(`${name} at ${t}: ${row[name]}, ${batch[name][t]}`)
          }
        })
      }),
      { numRuns: 60 },
    )
  })

  it('does not change by what becomes known later', () => {
    fc.assert(
      fc.property(arbitraryCase, fc.nat(59), ({ hours, minutes }, at) => {
        const events = eventsOfCase(minutes)
        const t = Math.min(at, hours.length - 1)
        const closeMs = START_MS + (hours[t] + 1) * HOUR_MS
        const known = Object.fromEntries(
          SOURCES.map(source => {
            const { timeColumn, availableAfterMs } = INPUT_SOURCES[source]
            return [source, events[source].filter(event => event[timeColumn] + availableAfterMs(HOUR_MS) <= closeMs)]
          }),
        ) as Record<InputSourceName, Event[]>
        const [whole, cut] = [align(hours, events), align(hours.slice(0, t + 1), known)]
        for (const name of ALL_INPUTS) expect(cut[name], name).toEqual(whole[name].slice(0, t + 1))
      }),
      { numRuns: 60 },
    )
  })
})

describe('bad input', () => {
  it('is named: events out of order, without a column, of a source that nothing is made of, or not given', () => {
    const outOfOrder = thrownBy(() => columnOf('fundingRate', 'funding', [funding(8, 1), funding(0, 2)], [0]))
    expect(outOfOrder.code).toBe('BAD_INPUT_EVENT')
    expect(outOfOrder.message).toContain('one of 2024-01-01T00:00:00Z comes after one of 2024-01-01T08:00:00Z')

    const feed = new InputFeed({ inputs: ['fundingRate'], timeframe: '1h', completeFromMs: START_MS })
    expect(feed.sources).toEqual(['funding'])
    expect(thrownBy(() => feed.push('funding', { timeMs: START_MS })).message).toContain('without "rate"')
    expect(thrownBy(() => feed.push('book', {})).code).toBe('UNKNOWN_INPUT')
    feed.read(START_MS + HOUR_MS)
    expect(thrownBy(() => feed.read(START_MS)).code).toBe('BAD_INPUT_EVENT')

    const missing = thrownBy(() => alignInputs({ inputs: ['fundingRate'], candles: hourlyCandles([0]), events: {} }))
    expect(missing).toMatchObject({ code: 'MISSING_INPUT', details: { source: 'funding', inputs: ['fundingRate'] } })
    const textual = { length: 1, columns: { timeMs: Float64Array.of(1), rate: ['1'] }, covered: ALL_TIMES }
    expect(
      thrownBy(() =>
        alignInputs({ inputs: ['fundingRate'], candles: hourlyCandles([0]), events: { funding: textual } }),
      ).code,
    ).toBe('BAD_INPUT_EVENT')
  })
})

describe('a feed of many events', () => {
  it('keeps those of one candle', () => {
    const feed = new InputFeed({ inputs: ['longLiquidation'], timeframe: '1h', completeFromMs: START_MS })
    const sums: number[] = []
    for (let hour = 0; hour < 50; hour++) {
      for (let i = 0; i < 400; i++) {
        feed.push('liquidation', { timeMs: START_MS + hour * HOUR_MS + i * 8000, price: 1, quantity: hour, side: -1 })
      }
      sums.push(feed.read(START_MS + hour * HOUR_MS).longLiquidation)
    }
    // the candle during which the feed began is not known as a whole
    expect(sums).toEqual(sums.map((_, hour) => (hour === 0 ? Number.NaN : 400 * hour)))
  })
})
