import type { CandleSeries } from '../../sdk/candle/candle.ts'
import { ConfigError } from '../../sdk/errors.ts'
import { DAY_MS, formatTimeMs, timeframeMs } from '../../sdk/units.ts'
import type { SplitConfig } from '../config/run-config.ts'

export interface Period {
  readonly startTimeMs: number
  readonly endTimeMs: number
}

/** The time that series cover together. */
export function periodOf(series: readonly CandleSeries[]): Period {
  return {
    startTimeMs: Math.min(...series.map(({ openTimeMs }) => openTimeMs[0])),
    endTimeMs: Math.max(
      ...series.map(({ openTimeMs, length, timeframe }) => openTimeMs[length - 1] + timeframeMs(timeframe)),
    ),
  }
}

/** Training, calibration and test periods, in this order, without overlap. */
export interface Split {
  readonly train: Period
  readonly calibration: Period
  readonly test: Period
}

/**
 * Cuts the time span of the data.
 * @throws ConfigError `EMPTY_SPLIT` when a part holds no time
 */
export function splitPeriods(config: SplitConfig, data: Period): Split {
  const [trainStart, trainEnd, calibrationEnd, testEnd] =
    'trainEnd' in config ? byDate(config, data) : byFraction(config, data)
  const split: Split = {
    train: { startTimeMs: trainStart, endTimeMs: trainEnd },
    calibration: { startTimeMs: trainEnd, endTimeMs: calibrationEnd },
    test: { startTimeMs: calibrationEnd, endTimeMs: testEnd },
  }
  for (const part of ['train', 'calibration', 'test'] as const) {
    const { startTimeMs, endTimeMs } = split[part]
    if (endTimeMs - startTimeMs < DAY_MS) {
      throw new ConfigError(
        'EMPTY_SPLIT',
        `The ${part} period runs from ${formatTimeMs(startTimeMs)} to ${formatTimeMs(endTimeMs)}, less than a day. ` +
          `The data covers ${formatTimeMs(data.startTimeMs)} to ${formatTimeMs(data.endTimeMs)}: change 'split' in the config, or use data that reaches further.`,
        { part, startTimeMs, endTimeMs, data },
      )
    }
  }
  return split
}

function byDate(config: Extract<SplitConfig, { trainEnd: string }>, data: Period): [number, number, number, number] {
  const at = (date: string) => Date.parse(`${date}T00:00:00Z`)
  return [
    config.trainStart === undefined ? data.startTimeMs : Math.max(at(config.trainStart), data.startTimeMs),
    at(config.trainEnd),
    at(config.calibrationEnd),
    config.testEnd === undefined ? data.endTimeMs : Math.min(at(config.testEnd), data.endTimeMs),
  ]
}

function byFraction(
  config: Exclude<SplitConfig, { trainEnd: string }>,
  data: Period,
): [number, number, number, number] {
  const span = data.endTimeMs - data.startTimeMs
  const testStart = data.endTimeMs - span * config.testFraction
  return [data.startTimeMs, testStart - span * config.calibrationFraction, testStart, data.endTimeMs]
}

/**
 * Whether a forecast made at `decidedAtMs` belongs to a period: everything it is judged by must lie inside (purge), and
 * after an earlier period one longest horizon is left out (embargo), so that no outcome is shared by two periods.
 * @see López de Prado: Advances in Financial Machine Learning (2018), ch. 7
 */
export function belongsTo(period: Period, decidedAtMs: number, longestHorizonMs: number, embargo: boolean): boolean {
  const earliest = period.startTimeMs + (embargo ? longestHorizonMs : 0)
  return decidedAtMs >= earliest && decidedAtMs + longestHorizonMs <= period.endTimeMs
}
