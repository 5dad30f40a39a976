import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { logRatioOf, plus, scaled, squared } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { integer } from '../../parameters.ts'

/** Bands of an octave each; what is slower makes up one more. */
const OCTAVES = 6

const PERCIVAL = 'Percival & Walden (2000), Wavelet Methods for Time Series Analysis, ch. 5 (MODWT, Haar filter)'
const candles = integer({ min: 64, max: 10_000 })

/** `ln(close[t] / close[t − rows])` */
const move = (scope: Scope, rows: number): Series => {
  const close = scope.candle('close')
  return logRatioOf(close, lag(close, rows))
}

/**
 * Mean square of a band's coefficients: half the difference of the mean returns of two adjacent halves, of 2^(band − 1)
 * candles each; of the last band the mean return of 2^OCTAVES candles.
 */
function energy(scope: Scope, band: number, candles: number): Series {
  const length = 2 ** Math.min(band, OCTAVES)
  if (band > OCTAVES) return rollingMean(squared(scaled(move(scope, length), 1 / length)), candles)
  const half = move(scope, length / 2)
  const coefficient = eachRow(`haar ${band}`, [half, lag(half, length / 2)], (out, [newer, older], count) => {
    for (let i = 0; i < count; i++) out[i] = (newer[i] - older[i]) / length
  })
  return rollingMean(squared(coefficient), candles)
}

const energies = (scope: Scope, candles: number): Series[] =>
  Array.from({ length: OCTAVES + 1 }, (_, i) => energy(scope, i + 1, candles))

const haarEnergy = observedFeature({
  name: 'haarEnergy',
  group: 'moment',
  summary:
    'Which share of the variance of the last returns came from swings of one length: band 1 of 2 to 4 candles, band 2 of 4 to 8, …, band 7 of 128 and more.',
  unit: 'fraction',
  formula:
    'mean(w², candles) / Σ over bands; band b: w = (R[t] − R[t − h]) / 2h, R the return of h = 2^(b − 1) candles; band 7: that of 64, / 64',
  edges: '0 where nothing moves. For a random walk ½, ¼, ⅛ …',
  source: PERCIVAL,
  parameters: { band: integer({ min: 1, max: OCTAVES + 1 }), candles },
  examples: ['haarEnergy(1,256)', 'haarEnergy(2,256)', 'haarEnergy(4,256)', 'haarEnergy(6,256)'],
  build: (scope, { band, candles }) => {
    const all = energies(scope, candles)
    return eachRow('shareOfAll', [all[band - 1], all.reduce(plus)], (out, [part, total], count) => {
      for (let i = 0; i < count; i++) out[i] = total[i] === 0 ? 0 : part[i] / total[i]
    })
  },
})

const spectralEntropy = observedFeature({
  name: 'spectralEntropy',
  group: 'moment',
  summary:
    'How evenly the variance of the last returns is spread over swings of all lengths: low in a market with a beat.',
  unit: 'fraction',
  formula: '−Σ p·ln p / ln 7 over the seven bands’ shares p of haarEnergy',
  edges: '0 where nothing moves. For a random walk 0.70.',
  source: PERCIVAL,
  parameters: { candles },
  examples: ['spectralEntropy(256)'],
  build: (scope, { candles }) =>
    eachRow('entropy', energies(scope, candles), (out, bands, count) => {
      for (let i = 0; i < count; i++) {
        let total = 0
        for (let b = 0; b < bands.length; b++) total += bands[b][i]
        let entropy = Number.isNaN(total) ? total : 0
        for (let b = 0; b < bands.length; b++) {
          const part = bands[b][i] / total
          if (part > 0) entropy -= part * ln(part)
        }
        out[i] = entropy / ln(bands.length)
      }
    }),
})

export const haarEnergies = [haarEnergy, spectralEntropy]
