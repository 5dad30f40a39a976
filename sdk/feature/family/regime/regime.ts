import { type ObservedFamily, observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { integer, oneOf } from '../../parameters.ts'
import { liquidityAxis, type RegimeAxis, thirdOf, trendAxis, volatilityAxis } from './axes.ts'

const candles = integer({ min: 24, max: 2_000 })

const capitalised = (name: string): string => name[0].toUpperCase() + name.slice(1)

/** An axis' score, the third it lies in, and whether it lies in a given one. */
function familiesOf(axis: RegimeAxis, length: number): ObservedFamily[] {
  const { name, thirds, thresholds, formula, edges, source } = axis
  const rounded = thresholds.map(threshold => Number(threshold.toFixed(4)))
  const label = `score < ${rounded[0]}: 0 (${thirds[0]}), < ${rounded[1]}: 1 (${thirds[1]}), else 2 (${thirds[2]}); score = ${formula}`
  const shared = { group: 'regime', edges: `Score: ${edges}`, source } as const
  return [
    observedFeature({
      ...shared,
      name: `${name}Score`,
      summary: `How high the ${name} is: what its regime is told by, without thresholds.`,
      unit: axis === trendAxis ? 'σ of the move' : 'fraction',
      formula,
      parameters: { candles },
      examples: [`${name}Score(${length})`],
      build: (scope, { candles }) => axis.score(scope, candles),
    }),
    observedFeature({
      ...shared,
      name: `${name}Regime`,
      summary: `Which third the ${name} is in: ${thirds.join(', ')}.`,
      unit: 'label 0 … 2',
      formula: label,
      parameters: { candles },
      examples: [`${name}Regime(${length})`],
      build: (scope, { candles }) => thirdOf(axis, scope, candles),
    }),
    observedFeature({
      ...shared,
      name: `in${capitalised(name)}Regime`,
      summary: `Whether the ${name} is in the named third.`,
      unit: 'flag',
      formula: `1 where ${name}Regime is the named one, else 0; ${label}`,
      parameters: { third: oneOf(thirds), candles },
      examples: [
        `in${capitalised(name)}Regime(${thirds[0]},${length})`,
        `in${capitalised(name)}Regime(${thirds[2]},${length})`,
      ],
      build: (scope, { third, candles }) => {
        const wanted = thirds.indexOf(third)
        return eachRow(`isThird ${wanted}`, [thirdOf(axis, scope, candles)], (out, [x], count) => {
          for (let i = 0; i < count; i++) out[i] = Number.isNaN(x[i]) ? Number.NaN : x[i] === wanted ? 1 : 0
        })
      },
    }),
  ]
}

const regime = observedFeature({
  name: 'regime',
  group: 'regime',
  summary: 'The state of the market in one label: volatility × liquidity × trend.',
  unit: 'label 0 … 26',
  formula: '9·volatilityRegime(candles) + 3·liquidityRegime(candles) + trendRegime(trendCandles)',
  edges: 'As of its parts. A name, not a number: models should be given the parts or their flags.',
  parameters: { candles, trendCandles: candles },
  examples: ['regime(720,168)'],
  build: (scope, { candles, trendCandles }) =>
    eachRow(
      'regime',
      [
        thirdOf(volatilityAxis, scope, candles),
        thirdOf(liquidityAxis, scope, candles),
        thirdOf(trendAxis, scope, trendCandles),
      ],
      (out, [volatility, liquidity, trend], count) => {
        for (let i = 0; i < count; i++) out[i] = 9 * volatility[i] + 3 * liquidity[i] + trend[i]
      },
    ),
})

export const regimes = [
  ...familiesOf(volatilityAxis, 720),
  ...familiesOf(liquidityAxis, 720),
  ...familiesOf(trendAxis, 168),
  regime,
]
