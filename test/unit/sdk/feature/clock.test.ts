import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { CandleError, FeatureError } from '../../../../sdk/errors.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { observedFeature } from '../../../../sdk/feature/feature.ts'
import { FeatureClock } from '../../../../sdk/feature/feature-clock.ts'
import { FeatureStream, type StreamRow } from '../../../../sdk/feature/feature-stream.ts'
import { eachRow } from '../../../../sdk/feature/op/each-row.ts'
import { registerFeature } from '../../../../sdk/feature/register-feature.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { arbitraryMarket } from '../../../fixtures/arbitrary-candles.ts'
import { PANEL_SYMBOLS, panelOf, setOf } from '../../../fixtures/feature/feature-panel.ts'
import { streamTables } from '../../../fixtures/feature/look-ahead.ts'

const [BTC, ETH] = PANEL_SYMBOLS
const START = Date.UTC(2024, 0, 1)
const GRACE_MS = 5_000

const candleAt = (hour: number, close = 100 + hour): Candle => ({
  openTimeMs: START + hour * HOUR_MS,
  ...{ open: close, high: close + 1, low: close - 1, close, volume: 7 },
})
/** So long after the candle of an hour has closed. */
const afterClose = (hour: number, ms = 1): number => START + (hour + 1) * HOUR_MS + ms

const INFINITE_AT_13 = observedFeature({
  name: 'infiniteAt13',
  ...{ group: 'return', summary: 'Broken.', unit: 'none', formula: 'none', parameters: {}, examples: ['infiniteAt13'] },
  build: scope =>
    eachRow('infiniteAt13', [scope.candle('close')], (out, [close], count) => {
      for (let i = 0; i < count; i++) out[i] = close[i] === 13 ? Number.POSITIVE_INFINITY : close[i]
    }),
})

const OF_COLUMN = observedFeature({
  name: 'ofColumn',
  ...{ group: 'return', summary: 'A column.', unit: 'none', formula: 'none', parameters: {}, examples: ['ofColumn'] },
  build: scope => scope.input('column'),
})

const programOf = (features: readonly string[]) =>
  compileFeatures(setOf(features), { symbols: [BTC, ETH], timeframe: '1h' })

function makeClock(features = ['body']) {
  const stream = new FeatureStream(programOf(features))
  return { stream, clock: new FeatureClock(stream, { graceMs: GRACE_MS }) }
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('a tick', () => {
  it('is computed once every symbol has sent its candle', () => {
    const { clock, stream } = makeClock()
    expect(clock.push(BTC, candleAt(0), afterClose(0))).toEqual({ kind: 'taken' })
    expect(clock.poll(afterClose(0))).toBeNull()
    clock.push(ETH, candleAt(0), afterClose(0))
    expect(clock.poll(afterClose(0))).toEqual({ openTimeMs: START, missing: [], emptyTicks: 0 })
    expect(stream.newestMs).toBe(START)
    expect(clock.poll(afterClose(0))).toBeNull()
  })

  it('is computed when the grace is over, and names the symbols it was computed without', () => {
    const { clock, stream } = makeClock()
    clock.push(ETH, candleAt(0), afterClose(0))
    expect(clock.dueMs).toBe(afterClose(0, GRACE_MS))
    expect(clock.poll(afterClose(0, GRACE_MS - 1))).toBeNull()
    expect(clock.poll(afterClose(0, GRACE_MS))).toEqual({ openTimeMs: START, missing: [BTC], emptyTicks: 0 })
    expect(clock.dueMs).toBeNull()
    expect(stream.values.map(values => Number.isNaN(values[0]))).toEqual([true, false])
  })

  it('waits for an open one before it, even when it is complete', () => {
    const { clock } = makeClock()
    clock.push(BTC, candleAt(1), afterClose(1))
    clock.push(ETH, candleAt(1), afterClose(1))
    clock.push(ETH, candleAt(0), afterClose(1))
    expect(clock.poll(afterClose(1))).toMatchObject({ openTimeMs: START, missing: [BTC] })
    expect(clock.poll(afterClose(1))).toMatchObject({ openTimeMs: START + HOUR_MS, missing: [] })
  })

  it('does not exist where no symbol has a candle, and the next one counts it', () => {
    const { clock } = makeClock()
    for (const hour of [0, 3]) {
      clock.push(BTC, candleAt(hour), afterClose(hour))
      clock.push(ETH, candleAt(hour), afterClose(hour))
    }
    expect(clock.poll(afterClose(3))).toMatchObject({ emptyTicks: 0 })
    expect(clock.poll(afterClose(3))).toMatchObject({ openTimeMs: START + 3 * HOUR_MS, emptyTicks: 2 })
  })

  it('is done with even when a value of it is no number: the next one follows', () => {
    registerFeature(INFINITE_AT_13)
    const { clock } = makeClock([INFINITE_AT_13.name])
    for (const hour of [0, 1]) {
      clock.push(BTC, candleAt(hour, hour === 0 ? 13 : 14), afterClose(hour))
      clock.push(ETH, candleAt(hour), afterClose(hour))
    }
    expect((thrownBy(() => clock.poll(afterClose(1))) as FeatureError).code).toBe('NON_FINITE_FEATURE')
    expect(clock.poll(afterClose(1))).toEqual({ openTimeMs: START + HOUR_MS, missing: [], emptyTicks: 0 })
  })
})

describe('a candle', () => {
  it('that skips ticks leaves its symbol out of them', () => {
    const { clock } = makeClock()
    clock.push(BTC, candleAt(0), afterClose(0))
    clock.push(ETH, candleAt(0), afterClose(0))
    clock.push(BTC, candleAt(1), afterClose(1))
    clock.push(BTC, candleAt(2), afterClose(2))
    clock.push(ETH, candleAt(2), afterClose(2))
    const missing = [clock.poll(afterClose(2)), clock.poll(afterClose(2)), clock.poll(afterClose(2))]
    expect(missing.map(tick => tick?.missing)).toEqual([[], [ETH], []])
  })

  it('may be corrected until its tick is computed', () => {
    const { clock, stream } = makeClock()
    clock.push(BTC, candleAt(0), afterClose(0))
    expect(clock.push(BTC, { ...candleAt(0), open: 99.5 }, afterClose(0))).toEqual({ kind: 'corrected' })
    clock.push(ETH, candleAt(0), afterClose(0))
    clock.poll(afterClose(0))
    expect(stream.values[0][0]).toBeCloseTo(0.25, 9)
  })

  it('changes nothing when it comes again, before or after its tick is computed', () => {
    const { clock } = makeClock()
    clock.push(BTC, candleAt(0), afterClose(0))
    expect(clock.push(BTC, candleAt(0), afterClose(0))).toEqual({ kind: 'repeated' })
    clock.push(ETH, candleAt(0), afterClose(0))
    expect(clock.poll(afterClose(0))).not.toBeNull()
    expect(clock.push(BTC, candleAt(0), afterClose(0))).toEqual({ kind: 'repeated' })
    expect(clock.poll(afterClose(0))).toBeNull()
  })

  it('is refused after its tick was computed, with what to do', () => {
    const { clock } = makeClock()
    clock.push(ETH, candleAt(0), afterClose(0))
    clock.poll(afterClose(0, GRACE_MS))
    const late = clock.push(BTC, candleAt(0), afterClose(0, GRACE_MS + 1))
    expect(late).toMatchObject({ kind: 'refused', reason: 'LATE', remedy: expect.stringContaining('new stream') })
    const corrected = clock.push(ETH, candleAt(0, 77), afterClose(0, GRACE_MS + 1))
    expect(corrected).toMatchObject({ kind: 'refused', reason: 'CORRECTED_LATE' })
    expect(clock.poll(afterClose(9))).toBeNull()
  })

  it('is refused before it has closed', () => {
    const { clock } = makeClock()
    expect(clock.push(BTC, candleAt(0), afterClose(0, -1))).toMatchObject({ kind: 'refused', reason: 'NOT_CLOSED' })
    expect(clock.push(BTC, candleAt(0), Number.NaN)).toMatchObject({ kind: 'refused', reason: 'NOT_CLOSED' })
    expect(clock.push(BTC, candleAt(0), afterClose(0, 0))).toEqual({ kind: 'taken' })
  })

  it('of an unknown symbol, between ticks, without a price or a column is an error, and nothing has changed', () => {
    registerFeature(OF_COLUMN)
    const { clock } = makeClock([OF_COLUMN.name])
    const codeOf = (symbol: string, candle: StreamRow) => {
      const error = thrownBy(() => clock.push(symbol, candle, afterClose(0)))
      expect(error instanceof FeatureError || error instanceof CandleError).toBe(true)
      return (error as FeatureError).code
    }
    expect(codeOf('XMR/USDT', candleAt(0))).toBe('NOT_ON_PANEL')
    expect(codeOf(BTC, { ...candleAt(0), openTimeMs: START + 1 })).toBe('MISALIGNED_TIME')
    expect(codeOf(BTC, { ...candleAt(0), close: Number.NaN })).toBe('BAD_VALUE')
    expect(codeOf(BTC, candleAt(0))).toBe('MISSING_INPUT')
    expect(codeOf(BTC, { ...candleAt(0), inputs: { other: 1 } })).toBe('MISSING_INPUT')
    expect(clock.dueMs).toBeNull()
    const whole = { ...candleAt(0), inputs: { column: Number.NaN } }
    expect(clock.push(BTC, whole, afterClose(0))).toEqual({ kind: 'taken' })
    expect(clock.push(BTC, { ...whole }, afterClose(0))).toEqual({ kind: 'repeated' })
    expect(clock.push(BTC, { ...whole, inputs: { column: 1 } }, afterClose(0))).toEqual({ kind: 'corrected' })
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('cannot be waited for %d ms', graceMs => {
    const error = thrownBy(() => new FeatureClock(makeClock().stream, { graceMs }))
    expect((error as FeatureError).code).toBe('BAD_GRACE')
  })
})

describe('candles that arrive shuffled within the grace', () => {
  it('give the same bits as the ticks themselves', () => {
    const program = programOf(['marketMove(1)', 'leadReturn(BTC/USDT,3)', 'parkinson(6,0.05)'])
    const symbols = program.panelSymbols
    fc.assert(
      fc.property(arbitraryMarket(symbols, { minLength: 170, maxLength: 220 }), fc.nat(), (market, seed) => {
        const panel = panelOf(program, market)
        const expected = streamTables(program, panel)
        const stream = new FeatureStream(program)
        const clock = new FeatureClock(stream, { graceMs: GRACE_MS })
        const random = createRandom(seed, 'arrival')
        const arrivals = [...market]
          .flatMap(([symbol, candles]) => candles.map(candle => ({ symbol, candle })))
          .map(arrival => ({
            ...arrival,
            nowMs: arrival.candle.openTimeMs + HOUR_MS + Math.floor(random.uniform() * GRACE_MS),
          }))
          .sort((a, b) => a.nowMs - b.nowMs)
        let ticks = 0
        const read = (nowMs: number) => {
          for (let tick = clock.poll(nowMs); tick; tick = clock.poll(nowMs)) {
            const { openTimeMs } = tick
            ticks++
            expected.forEach(({ series, observed }, s) => {
              const row = series.openTimeMs.indexOf(openTimeMs)
              expect(tick?.missing.includes(series.symbol)).toBe(row < 0)
              const values = observed.map(column => (row < 0 ? Number.NaN : column[row]))
              expect([...stream.values[s]]).toEqual(values)
            })
          }
        }
        for (const { symbol, candle, nowMs } of arrivals) {
          read(nowMs)
          expect(clock.push(symbol, candle, nowMs)).toEqual({ kind: 'taken' })
        }
        read(Number.POSITIVE_INFINITY)
        expect(ticks).toBe(new Set(arrivals.map(({ candle }) => candle.openTimeMs)).size)
      }),
      { numRuns: 15, endOnFailure: true },
    )
  })
})
