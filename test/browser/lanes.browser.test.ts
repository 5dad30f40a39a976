import { afterEach, expect, it } from 'vitest'
import { createBacktestReport } from '../../sdk/backtest/create-backtest-report.ts'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import { validateCandles } from '../../sdk/candle/validate-candles.ts'
import { createPredictor } from '../../sdk/forecast/predictor.ts'
import { createEngine } from '../../worker/engine.ts'
import { forwardOnCpu } from '../fixtures/forward-on-cpu.ts'
import { writeTinyBundle } from '../fixtures/tiny-bundle.ts'
import { closedMs, SYMBOL, serviceCandles, TinyServices } from '../fixtures/tiny-service.ts'

const COUNT = 6_000
const candles = serviceCandles(COUNT)
const settings = { strategy: { horizonCandles: 6 }, costs: { feeBps: 1, slippageBps: 0 } }

const services = new TinyServices()
afterEach(() => services.disposeAll())

it('a long backtest shares its forecasts out among the cores, and reports what one thread would', async () => {
  const service = await services.open()
  expect(service.engineInfo.uses.join()).not.toContain('threads')

  // The first ones begin before the lanes have started, and other candles are forecast anew.
  const backtest = (from: number) =>
    service.backtest({ symbol: SYMBOL, candles: candles.slice(from), nowMs: closedMs(COUNT), ...settings })
  const threads = `${Math.min(navigator.hardwareConcurrency, 8)} threads`
  for (let from = 0; from < 20 && !service.engineInfo.uses.includes(threads); from++) await backtest(from)
  expect(service.engineInfo.uses).toContain(threads)
  const report = await backtest(21)

  const bundle = await openBundle(await writeTinyBundle({ forward: forwardOnCpu }), 'tiny')
  const engine = await createEngine({ bundle, engine: 'wasm' })
  const series = validateCandles(candles.slice(21), { symbol: SYMBOL, timeframe: '1h', nowMs: closedMs(COUNT) })
  const forecasts = await createPredictor({ bundle, engine }).predictSeries({ series })
  const alone = createBacktestReport({ ...settings, series, forecasts, thresholds: bundle.manifest.gate, trials: 1 })
  await engine.dispose()
  expect(report.result).toEqual(alone.result)
})
