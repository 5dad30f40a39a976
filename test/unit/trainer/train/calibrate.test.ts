import { describe, expect, it } from 'vitest'
import { quantileWeights, weightedSum } from '../../../../sdk/forecast/quantile-distribution.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { calibrate } from '../../../../trainer/train/calibrate.ts'
import type { Dataset } from '../../../../trainer/train/dataset.ts'
import type { WindowPredictions } from '../../../../trainer/train/predict-windows.ts'

const LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
/** Quantiles of the standard normal distribution at these levels, from tables. */
const NORMAL = [-1.644854, -1.281552, -0.67449, 0, 0.67449, 1.281552, 1.644854]
const ROWS = 6000

/** As much of a dataset as calibration reads: one symbol, an hour a row. */
function hourly(): Dataset {
  const rows = Int32Array.from({ length: ROWS }, (_, i) => i)
  return {
    timeframe: '1h',
    levels: LEVELS,
    horizons: [1],
    horizonWeights: [1],
    calibration: { length: ROWS, segment: new Int32Array(ROWS), index: rows },
    segments: [{ table: { series: { openTimeMs: Float64Array.from(rows, i => i * HOUR_MS) } } }],
    split: { calibration: { startTimeMs: 0, endTimeMs: ROWS * HOUR_MS } },
  } as unknown as Dataset
}

/** Normal outcomes, forecast by normal quantiles moved by `bias` and stretched by `width`. */
function predictions(bias: (row: number) => number, width: number | ((row: number) => number) = 1): WindowPredictions {
  const widthAt = typeof width === 'number' ? () => width : width
  const random = createRandom(8)
  const outcomes = Float32Array.from({ length: ROWS }, () => random.normal())
  const quantiles = Float32Array.from({ length: ROWS * 7 }, (_, i) => {
    const row = Math.floor(i / 7)
    return widthAt(row) * NORMAL[i % 7] + bias(row)
  })
  return { quantiles, outcomes, rows: ROWS, windows: Int32Array.from({ length: ROWS }, (_, i) => i) }
}

describe('calibration', () => {
  it('keeps offsets that undo a lasting error of width', () => {
    const { calibration } = calibrate(
      hourly(),
      predictions(() => 0, 1.4),
    )
    expect(calibration.method).toBe('additive-conformal')
    calibration.offsets[0].forEach((offset, q) => {
      expect(offset).toBeCloseTo(-0.4 * NORMAL[q], 1)
    })
    expect(calibration.note).toContain('kept, refitted')
  })

  it('takes on no drift: a market that rose throughout its period does not turn the forecasts', () => {
    // what the period did is luck of those months; the gate would trade it as if the network had foreseen it
    const { calibration } = calibrate(
      hourly(),
      predictions(() => -0.2, 1.4),
    )
    const { mean } = quantileWeights(LEVELS)
    expect(Math.abs(weightedSum(mean, calibration.offsets[0]))).toBeLessThan(1e-9)
  })

  it('does not keep offsets that help in the earlier half and hurt in the later one', () => {
    const { calibration } = calibrate(
      hourly(),
      predictions(
        () => 0,
        row => (row < ROWS / 2 ? 1.5 : 0.7),
      ),
    )
    expect(calibration.method).toBe('none')
    expect(calibration.offsets).toEqual([[0, 0, 0, 0, 0, 0, 0]])
    expect(calibration.note).toContain('not kept')
  })

  it('judges by outcomes that the fit has not seen: none reaches from one half into the other', () => {
    const ordinary = predictions(() => 0, 1.4)
    const last = 12
    const dataset = { ...hourly(), horizons: [last] }
    const before = calibrate(dataset, ordinary).calibration.note
    // decisions whose outcome lies in both halves, or that follow within a horizon of them, could say anything
    const outcomes = ordinary.outcomes.slice()
    for (let row = ROWS / 2 - last; row < ROWS / 2 + last - 1; row++) outcomes[row] = 100
    expect(calibrate(dataset, { ...ordinary, outcomes }).calibration.note).toBe(before)
    outcomes.fill(100, ROWS / 2 - last - 500, ROWS / 2 - last)
    expect(calibrate(dataset, { ...ordinary, outcomes }).calibration.note).not.toBe(before)
  })

  it('takes the usual width from what is served, after calibration', () => {
    // 80 % of a standard normal lie within ±1.2816, however wide the network made its interval
    const { gate } = calibrate(
      hourly(),
      predictions(() => 0, 1.4),
    )
    expect(Math.abs(gate.usualWidths[0] - 2 * 1.2816)).toBeLessThan(0.1) // three standard errors of 6,000 rows
  })
})
