import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { eachRow } from '../../op/each-row.ts'
import { integer } from '../../parameters.ts'
import { typicalPrice } from '../../shared/typical-price.ts'
import { volatility } from '../../shared/volatility.ts'

/** Share of the volume that the value area holds: the trading floor's one standard deviation. */
const VALUE_AREA = 0.7

/** One area's height beyond the area says 'far out', not how far. */
const BEYOND = 1

const STEIDLMAYER = 'Steidlmayer & Koy (1986), Markets and Market Logic'
const BINS =
  'volume by typical price in so many bins of equal width between the lowest and the highest of the last candles'
const EDGES_OF = (value: string) => `${value} where nothing was traded or the price did not move.`

/**
 * Bounds the work for a candle, which is that of its window: adding and taking away would carry rounding errors on, and
 * the bins move with the range.
 */
const candles = integer({ min: 2, max: 1_000 })
const bins = integer({ min: 3, max: 200 })

type Figure = 'pointOfControl' | 'valueAreaLow' | 'valueAreaHigh'

/** A price of the profile: the middle of its fullest bin (of equal ones the lowest), or an edge of its value area. */
function profilePrice(scope: Scope, candles: number, bins: number, figure: Figure): Series {
  return scope.graph.add({
    key: `${figure} ${candles} ${bins}`,
    inputs: [typicalPrice(scope), scope.candle('volume')],
    lookbackRows: candles - 1,
    start: () => {
      const prices = new Float64Array(candles) // rings
      const volumes = new Float64Array(candles)
      const profile = new Float64Array(bins)
      let row = 0
      return (out, [price, volume], { count }) => {
        for (let i = 0; i < count; i++, row++) {
          prices[row % candles] = price[i]
          volumes[row % candles] = volume[i]
          out[i] = row < candles - 1 ? Number.NaN : priceOf(figure, prices, volumes, (row + 1) % candles, profile)
        }
      }
    },
  })
}

/** NaN where nothing was traded or the price did not move. @param oldest of the rings' values */
function priceOf(figure: Figure, prices: Float64Array, volumes: Float64Array, oldest: number, profile: Float64Array) {
  let low = prices[0]
  let high = prices[0]
  for (let i = 1; i < prices.length; i++) {
    if (prices[i] < low) low = prices[i]
    if (prices[i] > high) high = prices[i]
  }
  const width = (high - low) / profile.length
  profile.fill(0)
  let total = 0
  for (let i = 0, at = oldest; i < prices.length; i++, at = at + 1 === prices.length ? 0 : at + 1) {
    const bin = Math.floor((prices[at] - low) / width)
    profile[bin < profile.length ? bin : profile.length - 1] += volumes[at]
    total += volumes[at]
  }
  if (!(total > 0 && width > 0)) return Number.NaN
  let first = 0
  for (let bin = 1; bin < profile.length; bin++) if (profile[bin] > profile[first]) first = bin
  if (figure === 'pointOfControl') return low + (first + 0.5) * width
  let after = first + 1
  for (let held = profile[first]; held < VALUE_AREA * total && after - first < profile.length; ) {
    const below = first > 0 ? profile[first - 1] : -1
    const above = after < profile.length ? profile[after] : -1
    held += above >= below ? profile[after++] : profile[--first]
  }
  return low + (figure === 'valueAreaLow' ? first : after) * width
}

const pointOfControlDistance = observedFeature({
  name: 'pointOfControlDistance',
  group: 'volume',
  summary: 'How far the close is above the price at which most was traded over the last candles.',
  unit: 'ex-ante σ',
  formula: `ln(close / price of the fullest bin) / (e·√candles), ${BINS}`,
  edges: EDGES_OF('0'),
  source: STEIDLMAYER,
  parameters: { candles, bins },
  examples: ['pointOfControlDistance(168,24)'],
  build: (scope, { candles, bins }) =>
    eachRow(
      `pointOfControlDistance ${candles}`,
      [scope.candle('close'), profilePrice(scope, candles, bins, 'pointOfControl'), volatility(scope)],
      (out, [close, control, e], count) => {
        const root = Math.sqrt(candles)
        for (let i = 0; i < count; i++)
          out[i] = Number.isNaN(control[i]) ? 0 : ln(close[i] / control[i]) / (e[i] * root)
      },
    ),
})

const valueAreaPosition = observedFeature({
  name: 'valueAreaPosition',
  group: 'volume',
  summary: 'Where the close stands in the range of prices at which 70 % was traded: 0 at its bottom, 1 at its top.',
  unit: 'fraction',
  formula: `clip((close − bottom) / (top − bottom), ${-BEYOND} … ${1 + BEYOND}), the area grown from the fullest bin by the fuller neighbour until it holds ${VALUE_AREA}; ${BINS}`,
  edges: EDGES_OF('0.5'),
  source: STEIDLMAYER,
  parameters: { candles, bins },
  examples: ['valueAreaPosition(168,24)'],
  build: (scope, { candles, bins }) =>
    eachRow(
      'valueAreaPosition',
      [
        scope.candle('close'),
        profilePrice(scope, candles, bins, 'valueAreaLow'),
        profilePrice(scope, candles, bins, 'valueAreaHigh'),
      ],
      (out, [close, bottom, top], count) => {
        for (let i = 0; i < count; i++) {
          const position = (close[i] - bottom[i]) / (top[i] - bottom[i])
          out[i] = Number.isNaN(position) ? 0.5 : Math.max(-BEYOND, Math.min(1 + BEYOND, position))
        }
      },
    ),
})

export const volumeProfile = [pointOfControlDistance, valueAreaPosition]
