import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { number } from '../../parameters.ts'
import { FRACTION_TO_BPS, midPrice, sideColumns } from './book-columns.ts'

const LEVELS = 10
/** What is usually traded in a candle is a mean over as many. */
const USUAL_CANDLES = 24
/** Of the usual volume: an empty band reads as this, not as −∞. */
const FLOOR = 1e-6
/** More says that next to nothing was traded. */
const MOST = 1e6

export const bookDepth = observedFeature({
  name: 'bookDepth',
  group: 'book',
  summary: 'How much stands in the order book around the mid, in candles’ worth of volume.',
  unit: 'log ratio',
  formula: `ln(min(q / v, 1e6) + 1e-6), q the quantity of both sides within bps of the mid, v = mean(volume, ${USUAL_CANDLES})`,
  edges:
    'Counts the ten best levels a side at most: where they end within the band, the depth is understated. 1e6 candles’ worth at most; no value where nothing was traded.',
  parameters: { bps: number({ min: 0, max: 10_000 }) },
  examples: ['bookDepth(2)', 'bookDepth(10)'],
  build: (scope, { bps }) =>
    eachRow(
      `bookDepth ${bps}`,
      [
        midPrice(scope),
        rollingMean(scope.candle('volume'), USUAL_CANDLES),
        ...(['bid', 'ask'] as const).flatMap(side => [
          ...sideColumns(scope, side, 'Price', LEVELS),
          ...sideColumns(scope, side, 'Quantity', LEVELS),
        ]),
      ],
      (out, [mid, usual, ...sides], count) => {
        for (let i = 0; i < count; i++) {
          let depth = 0
          for (let side = 0; side < 2; side++) {
            for (let level = 0; level < LEVELS; level++) {
              const price = sides[side * 2 * LEVELS + level][i]
              const quantity = sides[side * 2 * LEVELS + LEVELS + level][i]
              const isWithin = Math.abs(price - mid[i]) * FRACTION_TO_BPS <= bps * mid[i]
              // a level that is not there has no price, and is within no band
              if (isWithin) depth += quantity
            }
          }
          out[i] = mid[i] > 0 && usual[i] > 0 ? ln(Math.min(depth / usual[i], MOST) + FLOOR) : Number.NaN
        }
      },
    ),
})
