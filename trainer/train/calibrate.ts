import type { Manifest } from '../../sdk/bundle/manifest.ts'
import { applyOffsets, fitConformalOffsets } from '../../sdk/forecast/calibration.ts'
import { meanPinball, quantileCoverage } from '../../sdk/forecast/quantile-metrics.ts'
import { timeframeMs } from '../../sdk/units.ts'
import type { Dataset } from './dataset.ts'
import { sortedQuantile } from './outcomes.ts'
import type { WindowPredictions } from './predict-windows.ts'
import { belongsTo, type Period } from './split.ts'

export interface CalibrationResult {
  readonly calibration: Manifest['calibration']
  readonly gate: Manifest['gate']
}

/** Share of the calibration windows that the gate lets through for the width of their interval. */
const WIDTH_LEVEL = 0.9

/**
 * Fits conformal offsets and keeps them only if they earn their place: fitted on the earlier half of the calibration
 * windows they must, on the later half, worsen neither the pinball loss nor the mean distance between coverage and level.
 * The gate's widths are taken from the same windows.
 */
export function calibrate(dataset: Dataset, predictions: WindowPredictions): CalibrationResult {
  const { levels, horizons } = dataset
  const H = horizons.length
  const Q = levels.length
  const [earlier, later] = halves(dataset, predictions)

  const trial = fitConformalOffsets(earlier.quantiles, earlier.outcomes, levels, H)
  const raw = judge(later.quantiles, later.outcomes)
  const corrected = judge(applyOffsets(later.quantiles, trial), later.outcomes)
  const kept = corrected.pinball <= raw.pinball && corrected.coverageError <= raw.coverageError
  const offsets = kept
    ? fitConformalOffsets(predictions.quantiles, predictions.outcomes, levels, H)
    : horizons.map(() => levels.map(() => 0))
  const note =
    `Offsets fitted on the earlier half of the calibration windows changed the pinball loss of the later half by ` +
    `${percent(corrected.pinball / raw.pinball - 1)} and its mean coverage error from ${raw.coverageError.toFixed(4)} to ` +
    `${corrected.coverageError.toFixed(4)}: ${kept ? 'kept, refitted on all of them' : 'not kept'}.`

  const widths = intervalWidths(applyOffsets(predictions.quantiles, offsets), levels, H)
  const usualWidths = widths.map(row => sortedQuantile(row, 0.5))
  const ratios = Float64Array.from(widths.flatMap((row, h) => Array.from(row, width => width / usualWidths[h]))).sort()
  const maxWidthRatio = sortedQuantile(ratios, WIDTH_LEVEL)
  return {
    calibration: {
      method: kept ? 'additive-conformal' : 'none',
      offsets,
      period: dataset.split.calibration,
      note,
    },
    gate: {
      minEdgeToCost: 1,
      maxWidthRatio,
      usualWidths,
      note:
        `An expected move must pay its round trip. ${maxWidthRatio.toFixed(2)} times the usual width is exceeded by ` +
        `${percent(1 - WIDTH_LEVEL, 0)} of the calibration windows: the least certain are left alone. Neither was tuned for profit.`,
    },
  }

  function judge(quantiles: Float32Array, outcomes: Float32Array) {
    const pinball = meanPinball(quantiles, outcomes, levels, H)
    const coverage = quantileCoverage(quantiles, outcomes, levels, H).flat()
    return {
      // horizons weigh alike
      pinball: pinball.reduce((sum, loss, h) => sum + loss * dataset.horizonWeights[h], 0) / H,
      coverageError: coverage.reduce((sum, share, i) => sum + Math.abs(share - levels[i % Q]), 0) / coverage.length,
    }
  }
}

/** The predictions of either half of the calibration period, without a shared outcome. */
function halves(dataset: Dataset, { quantiles, outcomes, rows, windows }: WindowPredictions) {
  const { calibration, segments, horizons, levels } = dataset
  const candleMs = timeframeMs(dataset.timeframe)
  const longestMs = horizons.at(-1)! * candleMs
  const decidedAtMs = Array.from(
    windows,
    window => segments[calibration.segment[window]].table.series.openTimeMs[calibration.index[window]] + candleMs,
  )
  const { startTimeMs, endTimeMs } = dataset.split.calibration
  const middleMs = (startTimeMs + endTimeMs) / 2
  const order = Array.from({ length: rows }, (_, row) => row)
  const take = (half: Period, embargo: boolean) => {
    const picked = order.filter(row => belongsTo(half, decidedAtMs[row], longestMs, embargo))
    const gather = (source: Float32Array, width: number) => {
      const out = new Float32Array(picked.length * width)
      picked.forEach((row, i) => {
        out.set(source.subarray(row * width, (row + 1) * width), i * width)
      })
      return out
    }
    return {
      quantiles: gather(quantiles, horizons.length * levels.length),
      outcomes: gather(outcomes, horizons.length),
    }
  }
  return [take({ startTimeMs, endTimeMs: middleMs }, false), take({ startTimeMs: middleMs, endTimeMs }, true)]
}

/** Sorted widths of the 80 % interval per horizon. */
function intervalWidths(quantiles: Float32Array, levels: readonly number[], H: number): Float64Array[] {
  const [low, high] = [levels.indexOf(0.1), levels.indexOf(0.9)]
  const Q = levels.length
  const rows = quantiles.length / (H * Q)
  return Array.from({ length: H }, (_, h) =>
    Float64Array.from({ length: rows }, (_, row) => {
      const at = (row * H + h) * Q
      return quantiles[at + high] - quantiles[at + low]
    }).sort(),
  )
}

const percent = (fraction: number, digits = 2) => `${(fraction * 100).toFixed(digits)} %`
