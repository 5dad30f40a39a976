import { observedFeature } from '../../feature.ts'
import { meanOf, overWindow, squaresAround } from '../../op/over-window.ts'
import { feature } from '../../parameters.ts'
import { TSFRESH } from './source.ts'
import { window } from './window.ts'

/** Sum of the squared steps from one value to the next. */
function squaredSteps(x: Float64Array, from: number, n: number): number {
  let sum = 0
  for (let i = from + 1; i < from + n; i++) sum += (x[i] - x[i - 1]) * (x[i] - x[i - 1])
  return sum
}

const absEnergy = observedFeature({
  name: 'absEnergy',
  group: 'transform',
  summary: 'How much there was of a feature over the last candles, in either direction.',
  unit: 'square of the feature’s',
  formula: 'Σ x²',
  source: TSFRESH,
  parameters: { feature, candles: window },
  examples: ['absEnergy(body,24)'],
  build: (scope, { feature, candles }) =>
    overWindow('absEnergy', scope.feature(feature), candles, (x, from, n) => squaresAround(0, x, from, n)),
})

const meanAbsChange = observedFeature({
  name: 'meanAbsChange',
  group: 'transform',
  summary: 'How far a feature moves from one candle to the next, on average over the last candles.',
  unit: 'as the feature',
  formula: 'Σ|x[i] − x[i − 1]| / (candles − 1)',
  edges: '0 where it did not move.',
  source: TSFRESH,
  parameters: { feature, candles: window },
  examples: ['meanAbsChange(volumeSurprise(168),24)'],
  build: (scope, { feature, candles }) =>
    overWindow('meanAbsChange', scope.feature(feature), candles, (x, from, n) => {
      let sum = 0
      for (let i = from + 1; i < from + n; i++) sum += Math.abs(x[i] - x[i - 1])
      return sum / (n - 1)
    }),
})

const complexity = observedFeature({
  name: 'complexity',
  group: 'transform',
  summary: 'How winding a feature’s course was, its size left out: low for a trend, high for a zigzag.',
  unit: 'number',
  formula: '√Σ(z[i] − z[i − 1])², z = (x − mean) / √(Σ(x − mean)² / candles)',
  edges: '0 where it did not vary.',
  source: 'Batista, Keogh, Tataw & de Souza (2014), CID: an efficient complexity-invariant distance for time series',
  parameters: { feature, candles: window },
  examples: ['complexity(parkinson(1,0.05),24)', 'complexity(return(1),72)'],
  build: (scope, { feature, candles }) =>
    overWindow('complexity', scope.feature(feature), candles, (x, from, n) => {
      const squares = squaresAround(meanOf(x, from, n), x, from, n)
      return squares === 0 ? 0 : Math.sqrt((squaredSteps(x, from, n) / squares) * n)
    }),
})

export const roughness = [absEnergy, meanAbsChange, complexity]
