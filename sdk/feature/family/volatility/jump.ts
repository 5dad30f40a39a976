import { observedFeature } from '../../feature.ts'
import { logOf, over } from '../../op/arithmetic.ts'
import { exponentialMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { rollingMax } from '../../op/rolling-extreme.ts'
import { candles, halfLife } from '../../parameters.ts'
import { absoluteReturn, logReturn } from '../../shared/log-return.ts'
import { volatility } from '../../shared/volatility.ts'

/** Keeps logarithms finite in a market that stands still. */
const FLOOR = 1e-6

/** Beyond this many deviations a return says 'extreme', not how extreme. */
const CLIP = 8

const STILL = 'ln 1e-6 where nothing moves.'

export const jumps = [
  observedFeature({
    name: 'largestMove',
    group: 'volatility',
    summary: 'The largest move of the last candles against the ex-ante volatility: high after a jump.',
    unit: 'log ratio',
    formula: 'ln(max(|r|, candles) / e)',
    edges: STILL,
    parameters: { candles },
    examples: ['largestMove(24)'],
    build: (scope, { candles }) => logOf(over(rollingMax(absoluteReturn(scope), candles), volatility(scope)), FLOOR),
  }),
  observedFeature({
    name: 'absoluteMove',
    group: 'volatility',
    summary: 'Mean size of a move against the ex-ante volatility: low where few large moves made the volatility.',
    unit: 'log ratio',
    formula: 'ln(EWMA(|r|, halfLife) / e)',
    edges: STILL,
    parameters: { halfLife },
    examples: ['absoluteMove(24)'],
    build: (scope, { halfLife }) =>
      logOf(over(exponentialMean(absoluteReturn(scope), halfLife), volatility(scope)), FLOOR),
  }),
  observedFeature({
    name: 'signedSquare',
    group: 'volatility',
    summary: 'The square of the last move, with its sign: how much of a shock it was, and which way.',
    unit: 'ex-ante σ²',
    formula: `z·|z|, z = clip(r[t] / e[t − 1], ±${CLIP})`,
    parameters: {},
    examples: ['signedSquare'],
    build: scope =>
      eachRow('signedSquare', [logReturn(scope), lag(volatility(scope), 1)], (out, [r, e], count) => {
        for (let i = 0; i < count; i++) {
          const z = r[i] / e[i]
          const clipped = Math.max(-CLIP, Math.min(CLIP, z))
          out[i] = clipped * Math.abs(clipped)
        }
      }),
  }),
]
