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

/** A figure of the profile; its `total` is 0 where nothing was traded or the price did not move. */
type Figure = (profile: Profile, close: number) => number

/** The profile of one candle's window. */
class Profile {
  readonly bins: Float64Array
  /** Price at which the first bin begins, and how far they reach. */
  low = 0
  width = 0
  total = 0

  constructor(bins: number) {
    this.bins = new Float64Array(bins)
  }

  /** @param oldest of the prices and volumes, which are rings */
  fill(prices: Float64Array, volumes: Float64Array, oldest: number): void {
    const { bins } = this
    let low = prices[0]
    let high = prices[0]
    for (let i = 1; i < prices.length; i++) {
      if (prices[i] < low) low = prices[i]
      else if (prices[i] > high) high = prices[i]
    }
    const perPrice = bins.length / (high - low)
    bins.fill(0)
    this.low = low
    this.width = (high - low) / bins.length
    this.total = 0
    if (!(high > low) || perPrice === Number.POSITIVE_INFINITY) return
    for (let part = 0; part < 2; part++) {
      // from the oldest on, so that sums are the same wherever the ring begins
      const end = part === 0 ? prices.length : oldest
      for (let i = part === 0 ? oldest : 0; i < end; i++) {
        const bin = ((prices[i] - low) * perPrice) | 0
        bins[bin < bins.length ? bin : bins.length - 1] += volumes[i]
        this.total += volumes[i]
      }
    }
  }

  /** The fullest bin; of equal ones the lowest. */
  get fullest(): number {
    const { bins } = this
    let fullest = 0
    for (let bin = 1; bin < bins.length; bin++) if (bins[bin] > bins[fullest]) fullest = bin
    return fullest
  }
}

/** The close itself where there is none. */
function pointOfControl(profile: Profile, close: number): number {
  if (profile.total === 0) return close
  return profile.low + (profile.fullest + 0.5) * profile.width
}

function positionInValueArea(profile: Profile, close: number): number {
  const { bins, low, width, total, fullest } = profile
  if (total === 0) return 0.5
  let first = fullest
  let after = first + 1
  for (let held = bins[first]; held < VALUE_AREA * total && after - first < bins.length; ) {
    const below = first > 0 ? bins[first - 1] : -1
    const above = after < bins.length ? bins[after] : -1
    held += above >= below ? bins[after++] : bins[--first]
  }
  const position = (close - (low + first * width)) / ((after - first) * width)
  return Math.max(-BEYOND, Math.min(1 + BEYOND, position))
}

const profileFigure = (key: string, figure: Figure, scope: Scope, candles: number, bins: number): Series =>
  scope.graph.add({
    key: `${key} ${candles} ${bins}`,
    inputs: [typicalPrice(scope), scope.candle('volume'), scope.candle('close')],
    lookbackRows: candles - 1,
    start: () => {
      const prices = new Float64Array(candles) // rings
      const volumes = new Float64Array(candles)
      const profile = new Profile(bins)
      let row = 0
      let slot = 0
      return (out, [price, volume, close], { count }) => {
        for (let i = 0; i < count; i++) {
          prices[slot] = price[i]
          volumes[slot] = volume[i]
          if (++slot === candles) slot = 0
          if (++row < candles) {
            out[i] = Number.NaN
          } else {
            profile.fill(prices, volumes, slot)
            out[i] = figure(profile, close[i])
          }
        }
      }
    },
  })

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
      [scope.candle('close'), profileFigure('pointOfControl', pointOfControl, scope, candles, bins), volatility(scope)],
      (out, [close, control, e], count) => {
        const root = Math.sqrt(candles)
        for (let i = 0; i < count; i++) out[i] = ln(close[i] / control[i]) / (e[i] * root)
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
  build: (scope, { candles, bins }) => profileFigure('positionInValueArea', positionInValueArea, scope, candles, bins),
})

export const volumeProfile = [pointOfControlDistance, valueAreaPosition]
