import { pinballLoss } from '../../sdk/forecast/quantile-metrics.ts'
import { DAY_MS } from '../../sdk/units.ts'
import { sortedQuantile } from '../train/outcomes.ts'
import type { Baselines } from './baselines.ts'
import { bootstrapRatio } from './bootstrap-ratio.ts'
import type { ForecastRange, HorizonEvaluation, LossRatio } from './evaluation.ts'

/** Sums over the rows of one day. */
interface DayLoss {
  model: number
  unconditional: number
  ewma: number
}

/**
 * Scores calibrated forecasts against outcomes and both baselines, one entry per horizon; every figure is over the same
 * rows.
 */
export function scoreForecasts(
  ranges: readonly ForecastRange[],
  baselines: Baselines,
  o: { readonly seed: number },
): HorizonEvaluation[] {
  const first = ranges[0]?.forecasts
  if (!first) return []
  const { horizons, quantileLevels: levels } = first
  const limits = volatilityTerciles(ranges)
  return horizons.map((horizonCandles, h) => {
    const days = new Map<number, DayLoss>()
    const atOrBelow = new Array<number>(levels.length).fill(0)
    const inside = [0, 0, 0]
    const perTercile = [0, 0, 0]
    const low = levels.indexOf(0.1)
    const high = levels.indexOf(0.9)
    let rows = 0

    for (const { series, from, to, forecasts } of ranges) {
      const terciles = limits.get(series.symbol) as readonly [number, number]
      for (let t = Math.max(from, forecasts.firstIndex); t < to; t++) {
        if (forecasts.missing[t - forecasts.firstIndex] === 1) continue
        const outcome = Math.log(series.close[t + horizonCandles] / series.close[t])
        const volatility = forecasts.volatility[t]
        const scale = volatility * Math.sqrt(horizonCandles)
        const at = ((t - forecasts.firstIndex) * horizons.length + h) * levels.length
        const quantiles = forecasts.logReturnQuantiles.subarray(at, at + levels.length)
        const day = Math.floor(series.openTimeMs[t] / DAY_MS)
        const losses = days.get(day) ?? { model: 0, unconditional: 0, ewma: 0 }
        levels.forEach((level, q) => {
          losses.model += pinballLoss(level, outcome, quantiles[q])
          losses.unconditional += pinballLoss(level, outcome, baselines.unconditional[h][q])
          losses.ewma += pinballLoss(level, outcome, baselines.scaled[h][q] * scale)
          if (outcome <= quantiles[q]) atOrBelow[q]++
        })
        days.set(day, losses)
        const tercile = volatility <= terciles[0] ? 0 : volatility <= terciles[1] ? 1 : 2
        perTercile[tercile]++
        if (outcome > quantiles[low] && outcome <= quantiles[high]) inside[tercile]++
        rows++
      }
    }

    const perDay = [...days.entries()].sort(([a], [b]) => a - b).map(([, losses]) => losses)
    const sum = (key: keyof DayLoss) => perDay.reduce((total, losses) => total + losses[key], 0)
    const against = (key: 'unconditional' | 'ewma'): LossRatio => ({
      ratio: sum('model') / sum(key),
      interval: bootstrapRatio(
        perDay.map(losses => losses.model),
        perDay.map(losses => losses[key]),
        o,
      ),
    })
    const mean = (key: keyof DayLoss) => sum(key) / (rows * levels.length)
    return {
      horizonCandles,
      rows,
      pinball: mean('model'),
      pinballUnconditional: mean('unconditional'),
      pinballEwma: mean('ewma'),
      toUnconditional: against('unconditional'),
      toEwma: against('ewma'),
      coverage: atOrBelow.map(count => count / rows),
      intervalCoverage: (inside[0] + inside[1] + inside[2]) / rows,
      tercileCoverage: inside.map((count, i) => (perTercile[i] > 0 ? count / perTercile[i] : null)),
    }
  })
}

/** Per symbol, the volatilities that part its rows into thirds. */
function volatilityTerciles(ranges: readonly ForecastRange[]): Map<string, readonly [number, number]> {
  const values = new Map<string, number[]>()
  for (const { series, from, to, forecasts } of ranges) {
    const own = values.get(series.symbol) ?? []
    for (let t = Math.max(from, forecasts.firstIndex); t < to; t++) own.push(forecasts.volatility[t])
    values.set(series.symbol, own)
  }
  return new Map(
    [...values].map(([symbol, own]) => {
      const sorted = Float64Array.from(own).sort()
      return [symbol, [sortedQuantile(sorted, 1 / 3), sortedQuantile(sorted, 2 / 3)]]
    }),
  )
}
