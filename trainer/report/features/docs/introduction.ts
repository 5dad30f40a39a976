/** What holds for every feature. */
export const INTRODUCTION = `# Features

<!-- Written by \`npm run trainer -- features --docs\`; a test holds it against the registry. Change the families, not this file. -->

What a network sees of the market. Trainer, worker and backtest compute the same features with the same code (\`sdk/feature\`), in batch and
candle by candle, to the last bit. \`trainer features --list\` prints them, \`trainer features --report\` shows them on your data, and
\`trainer features --search\` looks for more.

## Names

A feature is named by an expression: a family and its arguments, as in \`body\`, \`parkinson(6,0.05)\`, \`leadReturn(BTC/USDT,3)\` or
\`lag(return(1),24)\`. Arguments are numbers, symbols, words or other features. A feature set is a list of such names with what they need: the
symbols that make up the \`market\`, and a seasonal \`profile\` fitted on training data. It stands in the bundle's manifest.

\`\`\`ts
import { computeFeatures, readFeature } from 'edgequant'

const table = computeFeatures(series, ['return(1)', 'parkinson(6,0.05)'])
readFeature(table, 'parkinson(6,0.05)', 3)   // { kind: 'none', reason: 'WARM_UP', candlesMissing: 165 }
\`\`\`

## Kinds

- **observed**: known once a candle has closed, from that candle and those before.
- **known**: a function of time, and so known for the candles to come.
- **static**: of the symbol, the same at all times.

## Notation

- \`r\` is the log return of a candle, \`ln(close[t] / close[t−1])\`.
- \`e\` is the **ex-ante volatility**, the unit of most features, of targets and of forecasts: \`√EWMA(r², half-life 24 candles) + 1e-5\`.
- \`EWMA(x, h)\` weighs a value \`2^(−age / h)\`, over 32 half-lives; \`mean(x, n)\` is over the last n candles.
- \`share\` is the part of \`e\` that is added inside a logarithm, so that one still candle does not read as −∞.

## Missing and late candles

- A candle that is missing is no row: a return bridges the gap, and windows count candles, not hours.
- Symbols share one clock. At a tick at which a symbol has no candle it has no values, and cross-asset features are made of the symbols that
  have one.
- A further column (funding, order book …) that is not known at a candle is NaN, never 0. What is made of that candle alone has no value then; a
  window has one where its family says how many values suffice.
- \`FeatureStream\` takes whole ticks in order of time and refuses one that is late (\`LATE_CANDLE\`). \`FeatureClock\` makes ticks of candles that
  arrive one by one: a tick is due when every symbol's candle is there, or when the grace period after the close is over, and names who is
  missing. A candle that comes later is refused (\`LATE\`, or \`CORRECTED_LATE\` for another version of one that was used): leave it out, or begin a
  new stream with it in its place. Before that, a correction takes the place of what it corrects.
- No value is ever infinite: what would be is an error that names symbol, time and feature (\`NON_FINITE_FEATURE\`). What a feature
  reads in a market that stands still, or without volume, is said under *edges*.

## Further columns

Funding, open interest, order books, liquidations, another market's candles and daily series reach features as columns, one value per candle:
\`FEATURE_INPUTS\` names them with unit, source and the time from which each value counts. \`alignInputs\` makes columns of recorded events,
\`InputFeed\` of live ones, by the same rule: a candle sees what was available at its close. \`trainer run\` takes them from the store and, daily
series, from the folder \`data.macro\`. A column that a feature needs and nobody has is an error that names both (\`MISSING_INPUT\`).

## The seasonal profile

Seasonal features know the usual course of the week, by hour, fitted with \`fitSeasonalProfile\` on training data alone. \`trainer run\` fits it on the
training period of the market's symbols and writes it into the manifest.

## Warm-up and memory

Both are counted in candles, derived from what a feature is made of, and listed with each example.

- **Warm-up**: the candles at the beginning of a history that have no value. \`readFeature\` says how many are missing. Whatever is measured in
  units of \`e\` waits for the 168 candles after which \`e\` is trusted.
- **Memory**: the candles before a candle that its value depends on. With as many, a longer history changes no bit of it. But where
  another symbol that it looks at lacks more than 48 of these candles, older ones still count; and where memory is given as ≈, as for
  recursive indicators, what lies before still moves it, by less than 1e-9.

## Your own

\`\`\`ts
import { eachRow, observedFeature, registerFeature } from 'edgequant'

registerFeature(
  observedFeature({
    name: 'closeLocation',
    group: 'shape',
    summary: 'Where the candle closed within its range: 0 at its low, 1 at its high.',
    unit: 'fraction',
    formula: '(close − low) / (high − low)',
    edges: '0.5 for a candle without a range.',
    parameters: {},
    examples: ['closeLocation'],
    build: scope =>
      eachRow(
        'closeLocation',
        [scope.candle('close'), scope.candle('high'), scope.candle('low')],
        (out, [close, high, low], count) => {
          for (let i = 0; i < count; i++) out[i] = high[i] > low[i] ? (close[i] - low[i]) / (high[i] - low[i]) : 0.5
        },
      ),
  }),
)
\`\`\`

A family is an object: facts, which become its documentation, and \`build\`, which makes a series of the series that its scope gives
(candles, further inputs, other symbols, other features). \`eachRow\` makes each value of the same row's values; \`lag\`, \`rollingMean\`,
\`exponentialMean\`, \`rollingMax\` and \`rollingMin\` look back; \`scope.graph.add\` takes an operation of your own, which fills the rows that are new
and keeps, in what its \`start\` returns, whatever it needs of those before. A key names the operation and all of its constants, since equal keys on
equal inputs are one series. Once registered, its features can be named in a feature set. A worker is a realm of its own: register there too, in a worker script
that imports \`edgequant/worker\`. Families that come with EdgeQuant are files in \`sdk/feature/family\` with a line in their group's list; tests
of look-ahead, of streams and of this page cover whatever is listed.

Families made of indicators of the package \`trading-signals\`, an optional one, say that they need it.
`
