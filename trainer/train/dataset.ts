import type { FeatureSpec } from '../../sdk/bundle/manifest.ts'
import type { WindowBatch } from '../../sdk/engine.ts'
import { ConfigError } from '../../sdk/errors.ts'
import type { FeatureSet } from '../../sdk/feature/feature.ts'
import type { FeatureRows, FeatureTable } from '../../sdk/feature/feature-table.ts'
import { contiguousRows } from '../../sdk/feature/slice-rows.ts'
import { meanPinball } from '../../sdk/forecast/quantile-metrics.ts'
import { type Timeframe, timeframeMs } from '../../sdk/units.ts'
import { fitScalers } from '../../sdk/window/scaler.ts'
import { computeTargets } from '../../sdk/window/targets.ts'
import { createWindower, joinBatches, type Windower } from '../../sdk/window/windower.ts'
import type { RunConfig } from '../config/run-config.ts'
import type { CandleFile } from '../data/candle-file.ts'
import { computeStretch, describeFormula, fitFeatureSet } from './feature-set.ts'
import { futureLogVolatility, sortedQuantile } from './outcomes.ts'
import { type RunPanel, toPanel } from './panel.ts'
import { belongsTo, type Period, periodOf, type Split, splitPeriods } from './split.ts'

/** A stretch of contiguous candles of one symbol, with everything computed from it. */
export interface Segment {
  readonly symbol: string
  readonly symbolIndex: number
  readonly table: FeatureTable
  readonly windower: Windower
  /** Log returns in units of ex-ante volatility, `[T, H]`. */
  readonly targets: Float32Array
  /** See `futureLogVolatility`, `[T, H]`. */
  readonly logVolatility: Float32Array
}

/** Windows by segment and index of their newest candle. */
export interface WindowSet {
  readonly length: number
  readonly segment: Int32Array
  readonly index: Int32Array
}

/** Windows with what is known about their future. */
export interface Sample {
  readonly batch: WindowBatch
  /** `[B, H]` */
  readonly outcomes: Float32Array
  /** Centred on the training mean, `[B, H]`. */
  readonly logVolatility: Float32Array
}

/** What training, calibration and evaluation draw from. */
export interface Dataset {
  readonly timeframe: Timeframe
  readonly symbols: readonly string[]
  readonly features: readonly FeatureSpec[]
  /** The features by name, with what was fitted for them on the training period. */
  readonly featureSet: FeatureSet
  /** Every symbol's candles, with their gaps: what cross-asset features look at. */
  readonly market: readonly FeatureRows[]
  readonly observed: number
  readonly known: number
  readonly horizons: readonly number[]
  readonly levels: readonly number[]
  readonly lookback: number
  readonly segments: readonly Segment[]
  readonly split: Split
  readonly train: WindowSet
  readonly calibration: WindowSet
  readonly test: WindowSet
  /** Quantiles of the training outcomes in units of ex-ante volatility, `[H][Q]`: the EWMA baseline. */
  readonly scaledQuantiles: readonly (readonly number[])[]
  /** Quantiles of the training log returns, `[H][Q]`: the unconditional baseline. */
  readonly unconditionalQuantiles: readonly (readonly number[])[]
  /** 1 / mean pinball loss of `scaledQuantiles` on training data, per horizon. */
  readonly horizonWeights: readonly number[]
  /** Mean of `logVolatility` over the training windows, per horizon. */
  readonly meanLogVolatility: readonly number[]
}

/**
 * Candles → features → scalers and splits. Gaps up to `data.maxGapCandles` are filled, longer ones split a series;
 * scalers and baselines are fitted on training windows only.
 * @throws ConfigError `EMPTY_SPLIT`, `TOO_FEW_WINDOWS`; CandleError, FeatureError
 */
export function prepareDataset(
  config: RunConfig,
  files: readonly CandleFile[],
  panel: RunPanel = toPanel(config, files),
): Dataset {
  const { timeframe } = config.data
  const { horizons, quantiles: levels, lookback } = config
  const symbols = panel.own.map(rows => rows.symbol)
  const pieces = panel.own.flatMap((rows, symbolIndex) =>
    contiguousRows(rows)
      .filter(series => series.length > lookback + horizons.at(-1)!)
      .map(series => ({ symbol: rows.symbol, symbolIndex, series })),
  )
  if (pieces.length === 0) {
    throw new ConfigError(
      'NO_DATA',
      `None of the symbols ${config.data.symbols.join(', ')} has candles here (found: ${files.map(f => f.symbol).join(', ') || 'none'}).`,
      { symbols: config.data.symbols, found: files.map(f => f.symbol) },
    )
  }

  const split = splitPeriods(config.split, periodOf(pieces.map(({ series }) => series)))
  const set = fitFeatureSet(config, panel.market, split.train)
  const stretches = pieces.map(piece => ({ ...piece, table: computeStretch(set, piece.series, panel.market) }))
  const features = fitFeatureSpecs(
    stretches.map(s => s.table),
    split.train,
  )
  const observed = features.filter(f => f.kind === 'observed').length
  const segments: Segment[] = stretches.map(({ symbol, symbolIndex, table }) => ({
    symbol,
    symbolIndex,
    table,
    windower: createWindower({ table, features, horizons, lookback, symbolIndex }),
    targets: computeTargets(table, horizons),
    logVolatility: futureLogVolatility(table, horizons),
  }))

  const longestMs = horizons.at(-1)! * timeframeMs(timeframe)
  const windowsOf = (part: Period, name: string, embargo: boolean): WindowSet => {
    const set = collectWindows(segments, part, longestMs, embargo, timeframeMs(timeframe))
    if (set.length === 0) {
      throw new ConfigError(
        'TOO_FEW_WINDOWS',
        `The ${name} period has no window with ${lookback} past candles, warm-up and ${horizons.at(-1)} candles to come. Use more data or a shorter lookback.`,
        { part: name, period: part },
      )
    }
    return set
  }
  const train = windowsOf(split.train, 'train', false)
  return {
    timeframe,
    symbols,
    features,
    featureSet: set,
    market: panel.market,
    observed,
    known: features.length - observed,
    horizons,
    levels,
    lookback,
    segments,
    split,
    train,
    calibration: windowsOf(split.calibration, 'calibration', true),
    test: windowsOf(split.test, 'test', true),
    ...trainingStatistics(segments, train, horizons, levels),
  }
}

/** The windows `rows` of a set, with their outcomes; grouped by segment, so in the order of `rows` where these ascend. */
export function takeSample(dataset: Dataset, set: WindowSet, rows: ArrayLike<number>): Sample {
  const H = dataset.horizons.length
  const bySegment = new Map<number, number[]>()
  for (const row of Array.from(rows)) {
    const segment = set.segment[row]
    const indices = bySegment.get(segment)
    if (indices) indices.push(set.index[row])
    else bySegment.set(segment, [set.index[row]])
  }
  const outcomes = new Float32Array(rows.length * H)
  const logVolatility = new Float32Array(rows.length * H)
  const batches: WindowBatch[] = []
  let at = 0
  for (const [segmentIndex, indices] of bySegment) {
    const segment = dataset.segments[segmentIndex]
    batches.push(segment.windower.batch(indices))
    for (const t of indices) {
      for (let h = 0; h < H; h++, at++) {
        outcomes[at] = segment.targets[t * H + h]
        logVolatility[at] = segment.logVolatility[t * H + h] - dataset.meanLogVolatility[h]
      }
    }
  }
  return { batch: joinBatches(batches), outcomes, logVolatility }
}

const SCALER_CLIP = 5

function fitFeatureSpecs(tables: readonly FeatureTable[], train: Period): FeatureSpec[] {
  const ranges = tables.map(table => {
    const { openTimeMs } = table.series
    const from = openTimeMs.findIndex((time, t) => time >= train.startTimeMs && t >= table.warmupCandles)
    const to = openTimeMs.findIndex(time => time >= train.endTimeMs)
    return { table, from: from < 0 ? table.series.length : from, to: to < 0 ? table.series.length : to }
  })
  const scalers = fitScalers(
    ranges.filter(range => range.to > range.from),
    SCALER_CLIP,
  )
  const compiled = [...tables[0].observedFeatures, ...tables[0].knownFeatures]
  return compiled.map(({ name, kind, unit, warmupCandles }, i) => ({
    name,
    unit,
    formula: describeFormula(name),
    // a static feature is a known one that is the same at all times
    kind: kind === 'observed' ? 'observed' : 'known',
    warmupCandles,
    scaler: scalers[i],
  }))
}

function collectWindows(
  segments: readonly Segment[],
  period: Period,
  longestHorizonMs: number,
  embargo: boolean,
  candleMs: number,
): WindowSet {
  const segmentIds: number[] = []
  const indices: number[] = []
  segments.forEach(({ table, windower }, s) => {
    for (let t = windower.firstIndex; t <= windower.lastIndex; t++) {
      if (!windower.isComplete(t)) continue
      if (!belongsTo(period, table.series.openTimeMs[t] + candleMs, longestHorizonMs, embargo)) continue
      // a segment may end before the period does
      if (t + longestHorizonMs / candleMs >= table.series.length) continue
      segmentIds.push(s)
      indices.push(t)
    }
  })
  return { length: indices.length, segment: Int32Array.from(segmentIds), index: Int32Array.from(indices) }
}

function trainingStatistics(
  segments: readonly Segment[],
  train: WindowSet,
  horizons: readonly number[],
  levels: readonly number[],
) {
  const H = horizons.length
  const column = (value: (segment: Segment, t: number) => number) =>
    Float64Array.from({ length: train.length }, (_, row) => value(segments[train.segment[row]], train.index[row]))
  const quantilesOf = (sorted: Float64Array) => levels.map(level => sortedQuantile(sorted, level))

  const perHorizon = horizons.map((candles, h) => {
    const scaled = column((segment, t) => segment.targets[t * H + h]).sort()
    const logReturns = column((segment, t) => {
      const volatility = segment.table.volatility[t] * Math.sqrt(candles)
      return segment.targets[t * H + h] * volatility
    }).sort()
    const scaledQuantiles = quantilesOf(scaled)
    const repeated = new Float64Array(scaled.length * levels.length)
    for (let i = 0; i < repeated.length; i++) repeated[i] = scaledQuantiles[i % levels.length]
    const logVolatility = column((segment, t) => segment.logVolatility[t * H + h])
    return {
      scaledQuantiles,
      unconditionalQuantiles: quantilesOf(logReturns),
      weight: 1 / meanPinball(repeated, scaled, levels, 1)[0],
      meanLogVolatility: logVolatility.reduce((sum, x) => sum + x, 0) / train.length,
    }
  })
  return {
    scaledQuantiles: perHorizon.map(p => p.scaledQuantiles),
    unconditionalQuantiles: perHorizon.map(p => p.unconditionalQuantiles),
    horizonWeights: perHorizon.map(p => p.weight),
    meanLogVolatility: perHorizon.map(p => p.meanLogVolatility),
  }
}
