import { beforeAll, describe, expect, it } from 'vitest'
import type { Strategy } from '../../sdk/backtest/backtest.ts'
import { gatedForecastStrategy } from '../../sdk/backtest/gated-forecast-strategy.ts'
import { runStrategy } from '../../sdk/backtest/run-strategy.ts'
import type { CandleSeries } from '../../sdk/candle/candle.ts'
import { sliceSeries, toCandles } from '../../sdk/candle/series.ts'
import type { Forecast, ForecastSeries } from '../../sdk/forecast/forecast.ts'
import type { Predictor } from '../../sdk/forecast/predictor.ts'
import type { Decision } from '../../sdk/gate/decision.ts'
import { gateForecast } from '../../sdk/gate/gate-forecast.ts'
import { tinyPredictor, tinySeries } from '../fixtures/tiny-predictor.ts'

// Look-ahead is tested, not promised: on data cut at t, forecast, decision and exposure at t are, to the last bit, what
// they are on the whole series. The same checks must catch what leaks on purpose.

const LENGTH = 240
const series = tinySeries(LENGTH)
const costs = { feeBps: 0, slippageBps: 0 }
const thresholds = { minEdgeToCost: 1, maxWidthRatio: 1.95, usualWidths: [2.5, 2.5], note: '' }
/** Brings the forecasts of random weights around zero and widens them: the gate acts both ways, with exposures below 1. */
const OFFSETS = [
  [-2.29, -0.29, 1.71],
  [-2.29, -0.29, 1.71],
]
const horizonCandles = 6
const gateOptions = { thresholds, costs, horizonCandles }

let predictor: Predictor
let forecasts: ForecastSeries

beforeAll(async () => {
  predictor = await tinyPredictor(bundle => ({
    ...bundle,
    manifest: { ...bundle.manifest, calibration: { ...bundle.manifest.calibration, offsets: OFFSETS } },
  }))
  forecasts = await predictor.predictSeries({ series })
})

type ForecastStep = (series: CandleSeries) => Promise<ForecastSeries>
type StrategyStep = (forecasts: ForecastSeries) => Strategy

/** Cuts after the first forecast, at uneven distances, the last candle among them. */
function cuts(): number[] {
  const all: number[] = []
  for (let t = predictor.candlesNeeded - 1, step = 1; t < LENGTH - 1; t += step, step = (step % 7) + 1) all.push(t)
  return [...all, LENGTH - 1]
}

const forecastAt = (step: ForecastStep, data: CandleSeries, t: number): Promise<Forecast> =>
  step(data).then(rows => predictor.forecastAt(rows, t))

/** The cuts at which the forecast differs from the whole series'. */
async function findForecastLeaks(step: ForecastStep): Promise<number[]> {
  const whole = await step(series)
  const leaks: number[] = []
  for (const t of cuts()) {
    const cut = await forecastAt(step, sliceSeries(series, 0, t + 1), t)
    if (!same(cut, predictor.forecastAt(whole, t))) leaks.push(t)
  }
  return leaks
}

/** Every exposure the strategy wants, from the first forecast on. */
function wantedExposures(strategy: Strategy, data: CandleSeries): (number | null)[] {
  const wanted: (number | null)[] = []
  const recorded: Strategy = {
    name: strategy.name,
    onCandle: context => {
      const exposure = strategy.onCandle(context)
      wanted.push(exposure)
      return exposure
    },
  }
  runStrategy({ series: data, strategy: recorded, costs, startIndex: predictor.candlesNeeded - 1, allowShort: true })
  return wanted
}

/** The cuts at which any exposure up to the cut differs from the whole series'. */
async function findExposureLeaks(step: StrategyStep): Promise<number[]> {
  const whole = wantedExposures(step(forecasts), series)
  const leaks: number[] = []
  for (const t of cuts().slice(1)) {
    const data = sliceSeries(series, 0, t + 1)
    const cut = wantedExposures(step(await predictor.predictSeries({ series: data })), data)
    if (!same(cut, whole.slice(0, cut.length))) leaks.push(t)
  }
  return leaks
}

/** Equal to the last bit: nothing here is rounded before it is compared. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

describe('the forecast at t', () => {
  it('is the same to the last bit on data cut at t', async () => {
    expect(await findForecastLeaks(data => predictor.predictSeries({ series: data }))).toEqual([])
  })

  it('is what predict says of the candles up to t', async () => {
    for (const t of cuts().filter((_, i) => i % 5 === 0)) {
      const candles = toCandles(sliceSeries(series, 0, t + 1))
      expect(await predictor.predict({ symbol: series.symbol, candles })).toEqual(predictor.forecastAt(forecasts, t))
    }
  })

  it('is caught leaking when prices are smoothed over the candles around them', async () => {
    const smoothed = (values: Float64Array): Float64Array =>
      values.map((v, t) => (values[Math.max(t - 1, 0)] + v + values[Math.min(t + 1, values.length - 1)]) / 3)
    const leaks = await findForecastLeaks(data =>
      predictor.predictSeries({ series: { ...data, close: smoothed(data.close) } }),
    )
    // everywhere but at the end of the data, where there is no future to leak
    expect(leaks).toEqual(cuts().slice(0, -1))
  })

  it('is caught leaking when prices are brought to the scale of the whole data', async () => {
    const leaks = await findForecastLeaks(data => {
      const highest = Math.max(...data.high)
      const scaled = (values: Float64Array): Float64Array => values.map(v => v + highest)
      return predictor.predictSeries({
        series: {
          ...data,
          open: scaled(data.open),
          high: scaled(data.high),
          low: scaled(data.low),
          close: scaled(data.close),
        },
      })
    })
    expect(leaks.length).toBeGreaterThan(0)
  })

  it('is caught leaking when its unit is the volatility of the next candle', async () => {
    const leaks = await findForecastLeaks(async data => {
      const rows = await predictor.predictSeries({ series: data })
      return { ...rows, volatility: rows.volatility.map((v, t) => rows.volatility[t + 1] ?? v) }
    })
    expect(leaks).toEqual(cuts().slice(0, -1))
  })
})

describe('the signal at t', () => {
  const decisions = (rows: ForecastSeries, t: number): Decision =>
    gateForecast(predictor.forecastAt(rows, t), gateOptions)

  it('acts both ways and abstains in this test, so that there is something to check', () => {
    const sides = cuts()
      .map(t => decisions(forecasts, t))
      .map(d => (d.kind === 'act' ? d.side : 'abstain'))
    expect(new Set(sides)).toEqual(new Set(['buy', 'sell', 'abstain']))
  })

  it('is the same decision, with the same numbers and reasons, on data cut at t', async () => {
    for (const t of cuts()) {
      const cut = await predictor.predictSeries({ series: sliceSeries(series, 0, t + 1) })
      expect(decisions(cut, t)).toEqual(decisions(forecasts, t))
    }
  })

  it('is the same wanted exposure, back to the first, on data cut at t', async () => {
    const step: StrategyStep = rows => gatedForecastStrategy({ ...gateOptions, forecasts: rows, allowShort: true })
    expect(await findExposureLeaks(step)).toEqual([])
  })

  it('is caught leaking when the strategy peeks at the next close', async () => {
    const leaks = await findExposureLeaks(() => ({
      name: 'peeks',
      onCandle: ({ series: data, index }) => (data.close[index + 1] > data.close[index] ? 1 : 0),
    }))
    expect(leaks.length).toBeGreaterThan(0)
  })

  it('is caught leaking when the strategy trades the next forecast', async () => {
    const leaks = await findExposureLeaks(rows => {
      const honest = gatedForecastStrategy({ ...gateOptions, forecasts: rows, allowShort: true })
      return {
        name: 'a candle early',
        onCandle: context =>
          honest.onCandle({ ...context, index: Math.min(context.index + 1, context.series.length - 1) }),
      }
    })
    expect(leaks.length).toBeGreaterThan(0)
  })

  it('is caught leaking when forecasts are kept only where they beat their own average', async () => {
    const leaks = await findExposureLeaks(rows => {
      const honest = gatedForecastStrategy({ ...gateOptions, forecasts: rows, allowShort: true })
      const edges = Array.from({ length: rows.series.length - rows.firstIndex }, (_, i) =>
        Math.abs(honest.viewAt(rows.firstIndex + i).edgeBps),
      )
      const average = edges.reduce((a, b) => a + b, 0) / edges.length
      return {
        name: 'knows its average',
        onCandle: context => {
          const wanted = honest.onCandle(context)
          return wanted !== null && edges[context.index - rows.firstIndex] < average ? 0 : wanted
        },
      }
    })
    expect(leaks.length).toBeGreaterThan(0)
  })
})
