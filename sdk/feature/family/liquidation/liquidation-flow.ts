import { observedFeature } from '../../feature.ts'
import { logOf } from '../../op/arithmetic.ts'
import { eachRow } from '../../op/each-row.ts'
import { halfLife } from '../../parameters.ts'
import { excess, imbalance, liquidated, turnover, USUAL_CANDLES } from './liquidations.ts'

/** Keeps the logarithm finite. */
const FLOOR = 1e-6

export const liquidationFlow = [
  observedFeature({
    name: 'liquidationShare',
    group: 'liquidation',
    summary: 'How much of what was traded in the candle were positions closed by force.',
    unit: 'fraction',
    formula: 'min((liquidated longs + liquidated shorts) / (volume · close), 1)',
    edges:
      '0 where nothing is liquidated. 1 where more is than was traded, as where the candles are of another market than the liquidations, or have no volume.',
    parameters: {},
    examples: ['liquidationShare'],
    build: scope =>
      eachRow('liquidationShare', [liquidated(scope), turnover(scope)], (out, [forced, traded], count) => {
        for (let i = 0; i < count; i++) {
          const isPart = forced[i] < traded[i]
          out[i] = isPart ? forced[i] / traded[i] : forced[i] > 0 ? 1 : forced[i]
        }
      }),
  }),
  observedFeature({
    name: 'liquidationIntensity',
    group: 'liquidation',
    summary:
      'How much more is being liquidated than is usual. The decaying mean is the intensity of a self-exciting process: each forced order makes others likelier for a while.',
    unit: 'log ratio',
    formula: `ln((EWMA(L, halfLife) + s) / (mean(L, ${USUAL_CANDLES}) + s)), L liquidated longs and shorts, s = 1e-5·mean(volume·close, ${USUAL_CANDLES})`,
    edges: `0 where there were none in ${USUAL_CANDLES} candles; no value where they are not known.`,
    source: 'Hawkes (1971), Spectra of Some Self-Exciting and Mutually Exciting Point Processes, Biometrika 58',
    parameters: { halfLife },
    examples: ['liquidationIntensity(2)', 'liquidationIntensity(12)'],
    build: (scope, { halfLife }) => logOf(excess(scope, halfLife), FLOOR),
  }),
  observedFeature({
    name: 'liquidationImbalance',
    group: 'liquidation',
    summary: 'Whose positions were closed by force: +1 shorts, who had to buy, −1 longs, who had to sell.',
    unit: 'fraction',
    formula: '(S − L) / (S + L), S and L the EWMA of liquidated shorts and longs',
    edges: '0 where there were none; no value where they are not known.',
    parameters: { halfLife },
    examples: ['liquidationImbalance(2)', 'liquidationImbalance(12)'],
    build: (scope, { halfLife }) => imbalance(scope, halfLife),
  }),
]
