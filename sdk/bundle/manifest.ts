import * as v from 'valibot'
import type { FeatureSet } from '../feature/feature.ts'
import { TIMEFRAMES, type Timeframe } from '../units.ts'

/** Version of the bundle format this code reads and writes. */
export const FORMAT_VERSION = 1

const finite = v.pipe(v.number(), v.finite())
const count = v.pipe(v.number(), v.integer(), v.minValue(1))
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits'))
const timeMs = v.pipe(v.number(), v.integer())
const period = v.strictObject({ startTimeMs: timeMs, endTimeMs: timeMs })

const shape = {
  lookback: count,
  horizons: count,
  quantiles: count,
  observed: count,
  known: count,
  symbols: count,
}
const shapeMobility = v.exactOptional(v.pipe(v.array(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))), v.readonly()))

const networkSpec = v.variant('kind', [
  v.strictObject({
    kind: v.literal('tft'),
    ...shape,
    hidden: count,
    heads: count,
    head: v.picklist(['linear', 'monotone']),
    shapeMobility,
  }),
  v.strictObject({ kind: v.literal('mlp'), ...shape, layers: v.pipe(v.array(count), v.readonly()), shapeMobility }),
])

const featureSpec = v.strictObject({
  name: v.string(),
  unit: v.string(),
  kind: v.picklist(['observed', 'known']),
  /** For people: how it is computed, with its parameters. */
  formula: v.exactOptional(v.string()),
  warmupCandles: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** `clip((x − mean) / standardDeviation, ±clip)`, fitted on training data. */
  scaler: v.strictObject({
    mean: finite,
    standardDeviation: v.pipe(finite, v.gtValue(0)),
    clip: v.pipe(finite, v.gtValue(0)),
  }),
})

const hoursOfWeek = v.pipe(v.array(finite), v.length(168), v.readonly())

/** By hour of the week from Monday 00:00. */
const seasonalProfile = v.strictObject({
  timeZone: v.picklist(['UTC', 'America/New_York']),
  /** Usual |return| in ex-ante σ, relative to the mean hour. */
  volatility: hoursOfWeek,
  /** Usual `ln(1 + volume)` less its mean over the week before. */
  volume: hoursOfWeek,
})

/** `[H][Q]`, in units of ex-ante volatility. */
const quantileTable = v.array(v.array(finite))

const horizonScores = v.strictObject({
  horizonCandles: count,
  /** Mean pinball loss over the quantile levels, in log return. */
  pinball: finite,
  /** The same of the baselines, on the same rows. */
  pinballUnconditional: finite,
  pinballEwma: finite,
  /** Share of outcomes at or below each quantile. */
  coverage: v.array(fraction),
  rows: count,
})

/** Everything a client must know about a model. @see docs/bundle-format.md */
export const manifestSchema = v.strictObject({
  formatVersion: v.literal(FORMAT_VERSION),
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and hyphens')),
  version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, 'a version such as 1.0.0')),
  createdAtMs: timeMs,
  /** The model this one was distilled from, or null when it was trained on the outcomes alone. */
  teacher: v.nullable(v.strictObject({ network: networkSpec, parameters: count })),
  network: networkSpec,
  parameters: count,
  timeframe: v.picklist(Object.keys(TIMEFRAMES) as Timeframe[]),
  /** Static classes: the index of a symbol is its code. */
  symbols: v.pipe(v.array(v.string()), v.minLength(1)),
  /** Observed first, then known: the order of the network's inputs. */
  features: v.pipe(v.array(featureSpec), v.minLength(1)),
  /** The symbols that make up the market, where cross-asset features are used. */
  market: v.exactOptional(v.pipe(v.array(v.string()), v.minLength(1), v.readonly())),
  /** The week's usual course, fitted on training data, where seasonal features are used. */
  profile: v.exactOptional(seasonalProfile),
  /** Forecast horizons in candles, ascending; one decoder step each. */
  horizons: v.pipe(v.array(count), v.minLength(1)),
  /** Quantile levels, ascending, with 0.5 among them. */
  quantiles: v.pipe(v.array(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))), v.minLength(1)),
  quantisation: v.strictObject({
    /** Tensors kept as int8 with one float32 scale per output channel, in the tensor `<name>.scale`. */
    int8: v.array(v.string()),
    float32: v.array(v.string()),
    /** Out-of-sample pinball loss of the int8 network over that of float32, mean over horizons. */
    lossRatio: v.nullable(finite),
  }),
  calibration: v.strictObject({
    method: v.picklist(['none', 'additive-conformal']),
    /** Added to the network's quantiles; zero when the method is `none`. */
    offsets: quantileTable,
    period,
    /** What was measured, and why this method was kept. */
    note: v.string(),
  }),
  gate: v.strictObject({
    /** Act only when |expected log return| exceeds the round-trip cost times this. */
    minEdgeToCost: v.pipe(finite, v.minValue(0)),
    /** Abstain when the 80 % interval, in units of ex-ante volatility, exceeds `usualWidths` times this. */
    maxWidthRatio: v.pipe(finite, v.gtValue(0)),
    /** Median width of the 80 % interval on the calibration period, per horizon, in units of ex-ante volatility. */
    usualWidths: v.array(v.pipe(finite, v.gtValue(0))),
    /** How the thresholds were chosen. */
    note: v.string(),
  }),
  golden: v.strictObject({
    file: v.string(),
    windows: count,
    /** Largest absolute difference allowed, in units of ex-ante volatility. */
    tolerance: v.pipe(finite, v.gtValue(0)),
  }),
  training: v.strictObject({
    exchange: v.string(),
    /** True when the candles came from the embedded simulator. */
    simulated: v.boolean(),
    symbols: v.array(v.string()),
    period,
    /** SHA-256 over the candles used, in order. */
    dataSha256: sha256,
    windows: count,
    seed: v.pipe(v.number(), v.integer()),
    backend: v.string(),
    seconds: finite,
  }),
  /** Out of sample. No horizons: not evaluated yet. */
  evaluation: v.strictObject({ period, horizons: v.array(horizonScores) }),
  /** SHA-256 of every other file of the bundle, by name; names are joined to the bundle's URL, so they must be plain. */
  files: v.record(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a plain file name')),
    v.strictObject({ sha256, bytes: count }),
  ),
})

export type Manifest = v.InferOutput<typeof manifestSchema>
export type FeatureSpec = Manifest['features'][number]
export type HorizonScores = Manifest['evaluation']['horizons'][number]

/** The features of a model and what they were fitted with. */
export const featureSetOf = ({
  features,
  market,
  profile,
}: Pick<Manifest, 'market' | 'profile'> & { readonly features: readonly { readonly name: string }[] }): FeatureSet => ({
  features: features.map(feature => feature.name),
  ...(market && { market }),
  ...(profile && { profile }),
})
