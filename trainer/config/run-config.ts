import * as v from 'valibot'
import { CANDLE_CHECKS, type CandleCheck } from '../../sdk/candle/quality/finding.ts'
import { TIMEFRAMES, type Timeframe } from '../../sdk/units.ts'

/**
 * One run from data to bundle, as a JSON file describes it. The schema is the single source: types, defaults, errors and
 * configs/trainer.schema.json (completion and checks in editors) derive from it.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(1))
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))
const notNegative = v.pipe(v.number(), v.finite(), v.minValue(0))
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const openFraction = v.pipe(v.number(), v.gtValue(0), v.ltValue(1))
const symbol = v.pipe(v.string(), v.regex(/^[A-Z0-9]+\/[A-Z0-9]+$/, 'a symbol such as "BTC/USDT"'))
const date = v.pipe(
  v.string(),
  v.isoDate('a date such as "2023-12-31"'),
  // The engine's parser lets 31 February roll over.
  v.check(text => new Date(Date.parse(text) || 0).toISOString().startsWith(text), 'a date that exists'),
)
const ascending = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1])
const eachOnce = (values: readonly string[]) => new Set(values).size === values.length
const mirrorAroundHalf = (levels: readonly number[]) =>
  levels.every((level, i) => Math.abs(level + levels[levels.length - 1 - i] - 1) < 1e-9)

/** What is done about each check's findings; those left out as `DEFAULT_QUALITY_POLICY` says. Of gaps, `maxGapCandles`. */
const policy = v.strictObject(
  Object.fromEntries(
    CANDLE_CHECKS.filter(check => check !== 'gap').map(check => [
      check,
      v.exactOptional(v.picklist(['reject', 'repair', 'warn'])),
    ]),
  ) as Record<
    Exclude<CandleCheck, 'gap'>,
    v.ExactOptionalSchema<v.PicklistSchema<['reject', 'repair', 'warn'], undefined>, undefined>
  >,
)

const data = v.strictObject({
  source: v.pipe(
    v.picklist(['exchange', 'store', 'files', 'simulate']),
    v.description(
      'Where candles come from. "exchange" fetches into the store what is missing there; an exchange that cannot be reached is replaced by what is stored or, where that is not enough, by the simulator, and said so.',
    ),
  ),
  path: v.exactOptional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.description('A CSV (.gz) file or a folder of them, relative to the working directory; for source "files".'),
    ),
  ),
  store: v.exactOptional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.description(
        'Folder of the market store, relative to the working directory; for sources "exchange" and "store".',
      ),
    ),
    '.edgequant',
  ),
  macro: v.exactOptional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.description(
        'Folder with daily values of SPY, DXY and VIX (files such as SPY_1d_….csv), for features that look at them.',
      ),
    ),
  ),
  exchange: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.description('A ccxt exchange id.')), 'binance'),
  symbols: v.exactOptional(
    v.pipe(
      v.array(symbol),
      v.minLength(1),
      v.check(symbols => eachOnce(symbols), 'each symbol once'),
      v.description('Order fixes the symbol codes of the network.'),
    ),
    ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'],
  ),
  timeframe: v.exactOptional(v.picklist(Object.keys(TIMEFRAMES) as Timeframe[]), '1h'),
  candles: v.exactOptional(
    v.pipe(count, v.description('The newest so many per symbol, for the exchange and the simulator.')),
    12_000,
  ),
  timeoutMs: v.exactOptional(
    v.pipe(positive, v.description('How long to wait for the exchange before the simulator takes over.')),
    10_000,
  ),
  maxGapCandles: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.description('Gaps up to this are filled with flat candles; a longer one splits the series.'),
    ),
    6,
  ),
  policy: v.exactOptional(
    v.pipe(
      policy,
      v.description(
        'What is done about findings in the candles (docs/market-data.md has the checks): reject, repair or warn. Gaps: see maxGapCandles.',
      ),
    ),
    {},
  ),
})

const splitByFraction = v.strictObject({
  calibrationFraction: v.pipe(openFraction, v.description('Share of the time span, between training and test.')),
  testFraction: v.pipe(openFraction, v.description('Share of the time span at its end, never trained on.')),
})

const splitByDate = v.strictObject({
  trainStart: v.exactOptional(date),
  trainEnd: v.pipe(date, v.description('First day (UTC) after training; calibration starts here.')),
  calibrationEnd: v.pipe(date, v.description('First day (UTC) after calibration; the test starts here.')),
  testEnd: v.exactOptional(date),
})

const optimiser = {
  dropout: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.1),
  batchSize: v.exactOptional(count, 256),
  learningRate: v.exactOptional(v.pipe(positive, v.description('Peak; warm-up, then cosine to zero.')), 0.002),
  weightDecay: v.exactOptional(notNegative, 0.0001),
  clipNorm: v.exactOptional(v.pipe(positive, v.description('Largest global gradient norm.')), 1),
  maxSteps: v.exactOptional(count, 400),
  maxSeconds: v.exactOptional(
    v.pipe(positive, v.description('Wall-clock budget: the schedule is shortened to fit where steps are slow.')),
    90,
  ),
  warmupFraction: v.exactOptional(fraction, 0.05),
  averageDecay: v.exactOptional(
    v.pipe(v.number(), v.minValue(0), v.ltValue(1), v.description('Exponential moving average of the weights.')),
    0.99,
  ),
}

const width = (hidden: number, heads: number) => ({
  hidden: v.exactOptional(count, hidden),
  heads: v.exactOptional(v.pipe(count, v.description('Attention heads; must divide hidden.')), heads),
})

const headsDivideHidden = (o: { hidden: number; heads: number }) => o.hidden % o.heads === 0

const teacher = v.pipe(
  v.strictObject({ ...width(16, 4), ...optimiser }),
  v.check(o => headsDivideHidden(o), 'heads that divide hidden'),
)
const student = v.pipe(
  v.strictObject({
    ...width(8, 2),
    ...optimiser,
    teacherWeight: v.exactOptional(
      v.pipe(fraction, v.description('Weight of the distance to the teacher; the rest goes to the outcomes.')),
      0.9,
    ),
  }),
  v.check(o => headsDivideHidden(o), 'heads that divide hidden'),
)

const backtest = v.strictObject({
  feeBps: v.exactOptional(v.pipe(notNegative, v.description('One-way, on traded notional.')), 5),
  slippageBps: v.exactOptional(v.pipe(notNegative, v.description('Half the spread plus impact, one-way.')), 1),
  horizonCandles: v.exactOptional(v.pipe(count, v.description('The forecast horizon to trade.')), 24),
  allowShort: v.exactOptional(
    v.pipe(v.boolean(), v.description('Shorts pay no funding or borrowing here: their results flatter.')),
    false,
  ),
  trials: v.exactOptional(
    v.pipe(
      count,
      v.description('Settings tried on this data so far, this one included: for the deflated Sharpe ratio.'),
    ),
    1,
  ),
})

export const runConfigSchema = v.pipe(
  v.strictObject({
    $schema: v.exactOptional(v.string()),
    name: v.pipe(
      v.string(),
      v.regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and hyphens'),
      v.description('Name of the bundle.'),
    ),
    version: v.exactOptional(
      v.pipe(
        v.string(),
        v.regex(/^\d+\.\d+\.\d+$/, 'a version such as "1.0.0"'),
        v.description('Version of the bundle.'),
      ),
      '1.0.0',
    ),
    notes: v.exactOptional(
      v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.description('Sentences for the limits in the model card.')),
      [],
    ),
    seed: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)), 1),
    data,
    features: v.exactOptional(
      v.pipe(
        v.union([
          v.picklist(['default', 'recipe']),
          v.pipe(
            v.array(v.string()),
            v.minLength(1),
            v.check(names => eachOnce(names), 'each feature once'),
          ),
        ]),
        v.description(
          'Names from the feature registry (`trainer features --list`), e.g. parkinson(6,0.05); or "recipe": the 106 that were measured to beat boosted trees on hourly candles, which look at BTC/USDT and ETH/USDT too; or "default", a small set of own candles and time.',
        ),
      ),
    ),
    market: v.exactOptional(
      v.pipe(
        v.array(symbol),
        v.minLength(1),
        v.check(symbols => eachOnce(symbols), 'each symbol once'),
        v.description('The symbols that make up the market, for cross-asset features; default: data.symbols.'),
      ),
    ),
    profileTimeZone: v.exactOptional(
      v.pipe(
        v.picklist(['UTC', 'America/New_York']),
        v.description('Whose hours of the week the seasonal profile counts; it is fitted on the training period.'),
      ),
      'America/New_York',
    ),
    lookback: v.exactOptional(v.pipe(count, v.description('Past candles the network sees.')), 24),
    horizons: v.exactOptional(
      v.pipe(
        v.array(count),
        v.minLength(1),
        v.check(values => ascending(values), 'ascending numbers without repeats'),
        v.description('Forecast horizons in candles.'),
      ),
      [1, 2, 3, 4, 6, 8, 12, 18, 24],
    ),
    quantiles: v.exactOptional(
      v.pipe(
        v.array(openFraction),
        v.minLength(1),
        v.check(values => ascending(values), 'ascending numbers without repeats'),
        v.check(levels => levels.includes(0.5), 'levels with the median, 0.5, among them'),
        v.description('Quantile levels; 0.1 and 0.9 are needed for the 80 % interval.'),
        v.check(levels => levels.includes(0.1) && levels.includes(0.9), 'levels with 0.1 and 0.9 among them'),
        // the quantile head builds outwards from the median, and calibration widens both sides alike
        v.check(levels => mirrorAroundHalf(levels), 'levels that mirror each other around 0.5, such as 0.1, 0.5, 0.9'),
      ),
      [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95],
    ),
    split: v.exactOptional(v.union([splitByFraction, splitByDate]), { calibrationFraction: 0.15, testFraction: 0.2 }),
    teacher: v.exactOptional(teacher, {}),
    student: v.exactOptional(student, {}),
    backend: v.exactOptional(
      v.pipe(
        v.picklist(['auto', 'tfjs-node-gpu', 'webgpu', 'wasm', 'cpu']),
        v.description('What trains; "auto" takes the first that is there, in this order.'),
      ),
      'auto',
    ),
    backtest: v.exactOptional(backtest, {}),
  }),
  v.forward(
    v.partialCheck(
      [
        ['data', 'source'],
        ['data', 'path'],
      ],
      c => c.data.source !== 'files' || c.data.path !== undefined,
      'a path, because data.source is "files"',
    ),
    ['data', 'path'],
  ),
  v.forward(
    v.partialCheck(
      [['horizons'], ['backtest', 'horizonCandles']],
      c => c.horizons.includes(c.backtest.horizonCandles),
      'one of the horizons',
    ),
    ['backtest', 'horizonCandles'],
  ),
  v.forward(
    v.partialCheck(
      [['split']],
      ({ split }) =>
        'trainEnd' in split
          ? ascending(
              [split.trainStart, split.trainEnd, split.calibrationEnd, split.testEnd]
                .filter(text => text !== undefined)
                .map(text => Date.parse(text)),
            )
          : split.calibrationFraction + split.testFraction < 1,
      'parts in order of time that leave something to train on',
    ),
    ['split'],
  ),
)

/** A run config with every default filled in. */
export type RunConfig = Omit<v.InferOutput<typeof runConfigSchema>, 'features'> & {
  readonly features: readonly string[]
}

export type SplitConfig = RunConfig['split']
export type TeacherConfig = RunConfig['teacher']
export type StudentConfig = RunConfig['student']
export type TrainingBackendChoice = RunConfig['backend']
