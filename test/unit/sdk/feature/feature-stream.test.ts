import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { CandleError, type EdgeQuantError, FeatureError } from '../../../../sdk/errors.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import { FeatureStream, type StreamRow } from '../../../../sdk/feature/feature-stream.ts'
import { eachRow } from '../../../../sdk/feature/op/each-row.ts'
import { registerFeature } from '../../../../sdk/feature/register-feature.ts'
import { findFamily } from '../../../../sdk/feature/registry.ts'
import { replay } from '../../../../sdk/feature/replay.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { cutPanel, PANEL_SYMBOLS, panelOf, setOf, simulatedMarket } from '../../../fixtures/feature/feature-panel.ts'

const [BTC, ETH] = PANEL_SYMBOLS
const START = Date.UTC(2024, 0, 1)

const candleAt = (hour: number, close = 100 + (hour % 7)): Candle => ({
  openTimeMs: START + hour * HOUR_MS,
  ...{ open: close, high: close + 1, low: close - 1, close, volume: 7 },
})

const streamOf = (...features: string[]) =>
  new FeatureStream(compileFeatures(setOf(features), { symbols: [BTC, ETH], timeframe: '1h' }))

const pushHour = (stream: FeatureStream, hour: number, candle: StreamRow = candleAt(hour)) =>
  stream.push(candleAt(hour).openTimeMs, [candle, candleAt(hour)])

function thrownBy(run: () => unknown): EdgeQuantError {
  try {
    run()
  } catch (error) {
    expect(error instanceof FeatureError || error instanceof CandleError).toBe(true)
    return error as EdgeQuantError
  }
  throw new Error('nothing was thrown')
}

describe('a stream of ticks', () => {
  it('has no values before the warm-up, nor for a symbol without a candle', () => {
    const stream = streamOf('return(1)')
    const { warmupCandles } = stream.program.observed[0][0]
    for (let hour = 0; hour < warmupCandles; hour++) {
      pushHour(stream, hour)
      expect(stream.values[0][0]).toBeNaN()
    }
    stream.push(candleAt(warmupCandles).openTimeMs, [candleAt(warmupCandles), null])
    expect(stream.values[0][0]).not.toBeNaN()
    expect(stream.volatility[0]).toBeGreaterThan(0)
    expect([stream.values[1][0], stream.volatility[1]]).toEqual([Number.NaN, Number.NaN])
  })

  it('goes on where replayed history ends, with the bits of the whole', () => {
    const symbols = [BTC, ETH]
    const program = compileFeatures(setOf(['marketMove(6)', 'leadReturn(BTC/USDT,3)', 'wick']), {
      symbols,
      timeframe: '1h',
    })
    const market = simulatedMarket(300)
    const panel = panelOf(program, market)
    const whole = computePanel(program, panel)
    const stream = new FeatureStream(program)
    replay(stream, cutPanel(panel, 0, panel[0].openTimeMs[290]))
    expect(stream.newestMs).toBe(panel[0].openTimeMs[289])
    for (let t = 290; t < 300; t++) {
      stream.push(
        panel[0].openTimeMs[t],
        program.panelSymbols.map(symbol => market.get(symbol)![t]),
      )
      whole.forEach(({ observed }, s) => {
        expect([...stream.values[s]]).toEqual(observed.map(column => column[t]))
      })
    }
  })

  it('refuses ticks that are not later than the newest, and says what to do', () => {
    const stream = streamOf('body')
    pushHour(stream, 5)
    for (const hour of [5, 4]) {
      const error = thrownBy(() => pushHour(stream, hour))
      expect(error.code).toBe('LATE_CANDLE')
      expect(error.message).toContain('begin a new stream')
    }
    expect(thrownBy(() => stream.push(Number.NaN, [null, null])).code).toBe('LATE_CANDLE')
  })

  it('refuses a tick that is not of its panel', () => {
    const error = thrownBy(() => streamOf('body').push(START, [candleAt(0)]))
    expect(error).toMatchObject({ code: 'PANEL_MISMATCH', details: { given: 1, symbols: [BTC, ETH] } })
  })

  it('refuses an input named as a column of the candle', () => {
    const stream = streamOf('body')
    const error = thrownBy(() => pushHour(stream, 0, { ...candleAt(0), inputs: { close: 7 } }))
    expect(error).toMatchObject({ code: 'RESERVED_INPUT', details: { symbol: BTC, input: 'close' } })
  })

  it('has the values of the tick that it names, also where one of them was no number', () => {
    registerFeature({
      ...findFamily('body'),
      kind: 'observed',
      name: 'overSeven',
      examples: ['overSeven'],
      build: scope =>
        eachRow('overSeven', [scope.candle('volume')], (out, [volume], count) => {
          for (let i = 0; i < count; i++) out[i] = 1 / (volume[i] - 7)
        }),
    })
    const stream = streamOf('overSeven', 'wick')
    const expected = streamOf('wick')
    for (const hour of [0, 1]) {
      const btc = { ...candleAt(hour), volume: 8 - hour }
      const eth = { ...candleAt(hour), volume: 9, close: 99.5 + hour / 4 }
      expected.push(btc.openTimeMs, [btc, eth])
      if (hour === 0) stream.push(btc.openTimeMs, [btc, eth])
      else expect(thrownBy(() => stream.push(btc.openTimeMs, [btc, eth])).code).toBe('NON_FINITE_FEATURE')
    }
    expect(stream.newestMs).toBe(candleAt(1).openTimeMs)
    expect(stream.values.map(values => [...values])).toEqual([
      [Number.NaN, ...expected.values[0]],
      [0.5, ...expected.values[1]],
    ])
  })

  it('is as before after a candle without a price, which can be pushed again, mended', () => {
    const [stream, expected] = [streamOf('return(1)', 'marketMove(1)'), streamOf('return(1)', 'marketMove(1)')]
    const symbols = stream.program.panelSymbols.length
    const tick = (hour: number) => Array.from({ length: symbols }, () => candleAt(hour))
    for (let hour = 0; hour < 200; hour++) {
      const broken = [...tick(hour).slice(1), { ...candleAt(hour), close: 0 }]
      expect(thrownBy(() => stream.push(candleAt(hour).openTimeMs, broken)).code).toBe('BAD_VALUE')
      stream.push(candleAt(hour).openTimeMs, tick(hour))
      expected.push(candleAt(hour).openTimeMs, tick(hour))
    }
    expect(stream.values[0][0]).not.toBeNaN()
    expect(stream.values).toEqual(expected.values)
  })
})
