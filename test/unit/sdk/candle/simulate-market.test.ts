import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import { validateCandles } from '../../../../sdk/candle/validate-candles.ts'
import { ConfigError } from '../../../../sdk/errors.ts'
import { exAnteVolatility } from '../../../../sdk/feature/ex-ante-volatility.ts'
import { meanPinball } from '../../../../sdk/forecast/quantile-metrics.ts'
import { TIMEFRAMES, type Timeframe } from '../../../../sdk/units.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']
const simulate = (seed: number, candles = 8000) => simulateMarket({ symbols: SYMBOLS, candles, timeframe: '1h', seed })

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)]
  const covariance = mean(x.map((v, i) => (v - mx) * (y[i] - my)))
  return covariance / Math.sqrt(mean(x.map(v => (v - mx) ** 2)) * mean(y.map(v => (v - my) ** 2)))
}
const lagged = (values: readonly number[], lag: number): number => correlation(values.slice(0, -lag), values.slice(lag))
const returnsOf = (candles: readonly Candle[]): number[] =>
  candles.slice(1).map((candle, i) => Math.log(candle.close / candles[i].close))

const market = simulate(1)
const returns = new Map([...market].map(([symbol, candles]) => [symbol, returnsOf(candles)]))

describe('simulateMarket', () => {
  it('gives the same candles for the same seed, others for another', () => {
    expect(simulate(5, 200)).toEqual(simulate(5, 200))
    expect(simulate(6, 200)).not.toEqual(simulate(5, 200))
  })

  it('begins with the same candles when more are asked for, or other symbols with them', () => {
    const few = simulate(5, 100).get('ETH/USDT')
    expect(simulate(5, 300).get('ETH/USDT')!.slice(0, 100)).toEqual(few)
    const alone = simulateMarket({ symbols: ['BTC/USDT', 'ETH/USDT'], candles: 100, timeframe: '1h', seed: 5 })
    expect(alone.get('ETH/USDT')).toEqual(few)
  })

  it.each(Object.keys(TIMEFRAMES) as Timeframe[])(
    'gives valid %s candles that open where the last one closed',
    timeframe => {
      const candles = simulateMarket({ symbols: ['A/B'], candles: 1500, timeframe, seed: 9 }).get('A/B')!
      const series = validateCandles(candles, { symbol: 'A/B', timeframe })
      expect(series.length).toBe(1500)
      for (let t = 1; t < 1500; t++) expect(series.open[t]).toBe(series.close[t - 1])
    },
  )

  it.each(SYMBOLS)('%s has fat tails', symbol => {
    const r = returns.get(symbol)!
    const kurtosis = mean(r.map(v => v ** 4)) / mean(r.map(v => v ** 2)) ** 2
    expect(kurtosis).toBeGreaterThan(5)
  })

  it.each(SYMBOLS)('%s has volatility that clusters for days', symbol => {
    const sizes = returns.get(symbol)!.map(Math.abs)
    expect(lagged(sizes, 1)).toBeGreaterThan(0.15)
    expect(lagged(sizes, 24)).toBeGreaterThan(0.08)
    expect(lagged(sizes, 72)).toBeGreaterThan(0.02)
  })

  it.each(SYMBOLS)('%s has a direction that the last return does not tell', symbol => {
    // the sampling error of fat-tailed, clustered returns is several times 1/√8000 = 0.011
    expect(Math.abs(lagged(returns.get(symbol)!, 1))).toBeLessThan(0.08)
  })

  it('moves its symbols together', () => {
    for (const other of ['ETH/USDT', 'SOL/USDT']) {
      const together = correlation(returns.get('BTC/USDT')!, returns.get(other)!)
      expect(together).toBeGreaterThan(0.3)
      expect(together).toBeLessThan(0.95)
    }
  })

  it.each(SYMBOLS)('%s trades more when it moves more, and at 15:00 UTC more than at 03:00', symbol => {
    const candles = market.get(symbol)!
    const logVolume = candles.slice(1).map(candle => Math.log(candle.volume))
    const logSize = returns.get(symbol)!.map(v => Math.log(Math.abs(v) + 1e-4))
    expect(correlation(logVolume, logSize)).toBeGreaterThan(0.3)
    const at = (hour: number): number =>
      mean(candles.filter(c => new Date(c.openTimeMs).getUTCHours() === hour).map(c => c.volume))
    expect(at(15)).toBeGreaterThan(1.5 * at(3))
  })

  it('spends time in calm and turbulent weeks: the wildest tenth moves twice as much as the calmest', () => {
    const r = returns.get('BTC/USDT')!
    const weeks = Array.from({ length: Math.floor(r.length / 168) }, (_, w) =>
      Math.sqrt(mean(r.slice(w * 168, (w + 1) * 168).map(v => v * v))),
    ).sort((a, b) => a - b)
    expect(weeks[Math.floor(weeks.length * 0.9)] / weeks[Math.floor(weeks.length * 0.1)]).toBeGreaterThan(2)
  })

  it('can be forecast: EWMA-volatility quantiles beat the unconditional ones, out of sample', () => {
    const levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
    const candles = market.get('BTC/USDT')!
    const volatility = exAnteVolatility(validateCandles(candles, { symbol: 'BTC/USDT', timeframe: '1h' }))
    const rows = returns
      .get('BTC/USDT')!
      .map((r, t) => ({ r, e: volatility[t] }))
      .slice(168)
    const [train, test] = [rows.slice(0, 5000), rows.slice(5000)]
    const quantiles = (values: number[]): number[] => {
      const sorted = values.sort((a, b) => a - b)
      return levels.map(level => sorted[Math.round(level * (sorted.length - 1))])
    }
    const flat = quantiles(train.map(({ r }) => r))
    const shape = quantiles(train.map(({ r, e }) => r / e))
    const outcomes = Float64Array.from(test, ({ r }) => r)
    const loss = (forecast: (e: number) => number[]): number =>
      meanPinball(Float64Array.from(test.flatMap(({ e }) => forecast(e))), outcomes, levels, 1)[0]
    expect(loss(e => shape.map(q => q * e)) / loss(() => flat)).toBeLessThan(0.97)
  })

  it.each([
    ['no symbols', { symbols: [] }, 'symbols is []'],
    ['a symbol twice', { symbols: ['A/B', 'A/B'] }, 'symbols is [A/B, A/B]'],
    ['no candles', { candles: 0 }, 'candles is 0'],
    ['half a candle', { candles: 2.5 }, 'candles is 2.5'],
    ['a fractional seed', { seed: 0.5 }, 'seed is 0.5'],
    ['a start within a candle', { startTimeMs: 1 }, 'startTimeMs is 1'],
  ])('refuses %s', (_what, change, quoted) => {
    const run = () => simulateMarket({ symbols: ['A/B'], candles: 10, timeframe: '1h', seed: 1, ...change })
    expect(run).toThrow(ConfigError)
    expect(run).toThrow(quoted)
  })
})
