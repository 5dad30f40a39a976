import type { Manifest } from '../../sdk/bundle/manifest.ts'
import { day, decimal, horizonText, integer, list, percent, period } from './format.ts'
import { markdownTable } from './markdown-table.ts'

/**
 * The text of a bundle's MODEL_CARD.md: what the model is for, how it was made and judged, and where it ends.
 * @param notes what else a reader must know, a sentence each
 */
export function renderModelCard(manifest: Omit<Manifest, 'files'>, notes: readonly string[] = []): string {
  const { training, evaluation, calibration, timeframe, horizons } = manifest
  const reach = `${horizonText(horizons[0], timeframe)} to ${horizonText(horizons.at(-1) as number, timeframe)}`
  const evaluated = evaluation.horizons.length > 0
  return `# ${manifest.name} ${manifest.version}

${training.simulated ? '> **Simulated market.** Trained and judged on candles of the embedded simulator. It says nothing about real prices.\n\n' : ''}Quantile forecasts of the log return of ${list(manifest.symbols)}, ${reach} ahead, from ${timeframe} candles.

## Purpose

Made to run in a browser with EdgeQuant: distributions of returns that can be shown as a fan, gated into act or abstain, and
backtested. It is a forecast of uncertainty first: the width of the distribution is far better known than its direction. It is
no investment advice.

## Model

- ${describeNetwork(manifest.network)}, ${integer(manifest.parameters)} parameters${manifest.teacher ? `, distilled from a teacher of ${integer(manifest.teacher.parameters)}` : ''}; weights in int8 (one scale per output channel).
- Looks at ${manifest.network.lookback} candles through ${manifest.features.length} features: ${manifest.features.map(f => `\`${f.name}\``).join(', ')}.
- Forecasts the quantiles ${manifest.quantiles.join(', ')}, in units of ex-ante volatility (EWMA, half-life 24 candles).

## Data and training

- ${training.exchange}${training.simulated ? ' (simulated)' : ''}, ${list(training.symbols)}, ${period(training.period.startTimeMs, training.period.endTimeMs)}; ${integer(training.windows)} windows.
- SHA-256 of the candles: \`${training.dataSha256}\`.
- Backend ${training.backend}, ${integer(training.seconds)} s, seed ${training.seed}.
- Calibration (${calibration.method}) on ${period(calibration.period.startTimeMs, calibration.period.endTimeMs)}. ${calibration.note}
- Gate: acts when the expected return exceeds ${decimal(manifest.gate.minEdgeToCost)} × the round-trip cost and the 80 % interval is at most ${decimal(manifest.gate.maxWidthRatio)} × its usual width. ${manifest.gate.note}

## Evaluation

${
  evaluated
    ? `Out of sample, ${period(evaluation.period.startTimeMs, evaluation.period.endTimeMs)}. Pinball loss in bps of log return, mean over the quantiles; a ratio below 1 beats the baseline.

${markdownTable(
  [
    'Horizon',
    'Pinball, bps',
    'Ratio to unconditional',
    'Ratio to EWMA volatility',
    'Share ≤ lowest quantile',
    'Share ≤ highest',
    'Rows',
  ],
  evaluation.horizons.map(h => [
    horizonText(h.horizonCandles, timeframe),
    decimal(h.pinball * 10_000, 2),
    decimal(h.pinball / h.pinballUnconditional, 3),
    decimal(h.pinball / h.pinballEwma, 3),
    decimal(h.coverage[0], 3),
    decimal(h.coverage.at(-1) as number, 3),
    integer(h.rows),
  ]),
)}

${comparison(manifest)}${manifest.quantisation.lossRatio === null ? '' : ` Quantising to int8 changed the loss by ${percent(manifest.quantisation.lossRatio - 1, { digits: 2, plus: true })}.`}`
    : 'Not evaluated yet.'
}

## Limits

- Only for ${timeframe} candles of the symbols above; a symbol it was not trained on is refused.
- Judged until ${evaluated ? day(evaluation.period.endTimeMs) : 'now: never'}. Markets change; check its coverage on recent candles before relying on it.
- Calibrated on average, not in every state of the market: the run report shows coverage by volatility.
- News, order books, funding and other venues are not among its inputs.
${notes.map(note => `- ${note}\n`).join('')}
## Reproduce

With the same candles, the run's \`config.json\` and seed ${training.seed}: \`npm run trainer -- run --config <config.json> --no-serve\`. Another backend or
another machine's speed (time budgets) may end in slightly different weights.
`
}

/** Says plainly which baselines are beaten, and which are not. */
function comparison({ evaluation, timeframe }: Pick<Manifest, 'evaluation' | 'timeframe'>): string {
  const against = (name: string, ratioOf: (h: Manifest['evaluation']['horizons'][number]) => number) => {
    const lost = evaluation.horizons.filter(h => ratioOf(h) >= 1)
    const gains = evaluation.horizons.map(h => 1 - ratioOf(h))
    return lost.length === 0
      ? `The loss is ${percent(Math.min(...gains))} to ${percent(Math.max(...gains))} below ${name}.`
      : `**It does not beat ${name} at ${list(lost.map(h => horizonText(h.horizonCandles, timeframe)))}.**`
  }
  return `${against('the unconditional quantiles', h => h.pinball / h.pinballUnconditional)} ${against('EWMA-volatility quantiles', h => h.pinball / h.pinballEwma)}`
}

function describeNetwork(network: Manifest['network']): string {
  return network.kind === 'tft'
    ? `Temporal Fusion Transformer, hidden width ${network.hidden}, ${network.heads} attention heads`
    : `Multilayer perceptron, hidden layers of ${network.layers.join(' and ')}`
}
