import type { Bundle } from '../../sdk/bundle/bundle.ts'
import type { Manifest } from '../../sdk/bundle/manifest.ts'
import type { Engine } from '../../sdk/engine.ts'
import type { ForecastSeries } from '../../sdk/forecast/forecast.ts'
import { createPredictor } from '../../sdk/forecast/predictor.ts'
import { timeframeMs } from '../../sdk/units.ts'
import type { Baselines } from './baselines.ts'
import type { Evaluation, ForecastRange, SeriesRange } from './evaluation.ts'
import { scoreForecasts } from './score-forecasts.ts'

export interface ForecastOptions {
  readonly bundle: Bundle
  readonly engine: Engine
  readonly test: readonly SeriesRange[]
  readonly onProgress?: (fraction: number) => void
  readonly signal?: AbortSignal
}

/**
 * Forecasts every test row through the code that serves a bundle: the predictor computes features, windows, the network
 * and the calibration exactly as in a page.
 */
export async function forecastRanges(o: ForecastOptions): Promise<ForecastRange[]> {
  const predictor = createPredictor(o)
  const total = o.test.reduce((candles, range) => candles + range.series.length, 0)
  const ranges: ForecastRange[] = []
  let before = 0
  for (const range of o.test) {
    const forecasts = await predictor.predictSeries({
      series: range.series,
      ...(range.panel && { panel: range.panel }),
      onProgress: (done, rows) => o.onProgress?.((before + (done / rows) * range.series.length) / total),
      ...(o.signal ? { signal: o.signal } : {}),
    })
    before += range.series.length
    ranges.push({ ...range, forecasts: startingAt(forecasts, Math.max(range.from, forecasts.firstIndex)) })
  }
  return ranges
}

/** The same forecasts without those before `index`: they belong to history. */
function startingAt(forecasts: ForecastSeries, index: number): ForecastSeries {
  const rows = index - forecasts.firstIndex
  const H = forecasts.horizons.length
  return {
    ...forecasts,
    firstIndex: index,
    logReturnQuantiles: forecasts.logReturnQuantiles.subarray(rows * H * forecasts.quantileLevels.length),
    widthRatio: forecasts.widthRatio.subarray(rows * H),
    missing: forecasts.missing.subarray(rows),
  }
}

/** Scores forecasts for all symbols together and one by one. */
export function evaluateForecasts(
  ranges: readonly ForecastRange[],
  baselines: Baselines,
  o: { readonly seed: number },
): Evaluation {
  const symbols = [...new Set(ranges.map(range => range.series.symbol))]
  const starts = ranges.map(({ series, from }) => series.openTimeMs[from])
  const ends = ranges.map(({ series }) => series.openTimeMs[series.length - 1] + timeframeMs(series.timeframe))
  return {
    startTimeMs: Math.min(...starts),
    endTimeMs: Math.max(...ends),
    quantileLevels: ranges[0].forecasts.quantileLevels,
    horizons: scoreForecasts(ranges, baselines, o),
    symbols: symbols.map(symbol => ({
      symbol,
      horizons: scoreForecasts(
        ranges.filter(range => range.series.symbol === symbol),
        baselines,
        o,
      ),
    })),
  }
}

/** The part of an evaluation that stands in a manifest. */
export function toManifestEvaluation(evaluation: Evaluation): Manifest['evaluation'] {
  return {
    period: { startTimeMs: evaluation.startTimeMs, endTimeMs: evaluation.endTimeMs },
    horizons: evaluation.horizons.map(h => ({
      horizonCandles: h.horizonCandles,
      pinball: h.pinball,
      pinballUnconditional: h.pinballUnconditional,
      pinballEwma: h.pinballEwma,
      coverage: [...h.coverage],
      rows: h.rows,
    })),
  }
}
