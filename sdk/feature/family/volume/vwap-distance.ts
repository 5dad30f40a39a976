import { ln } from '../../../portable-math.ts'
import { DAY_MS } from '../../../units.ts'
import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { times } from '../../op/arithmetic.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { candles } from '../../parameters.ts'
import { typicalPrice } from '../../shared/typical-price.ts'
import { volatility } from '../../shared/volatility.ts'

const BERKOWITZ = 'Berkowitz, Logue & Noser (1988), The Total Cost of Transactions on the NYSE, J. Finance 43'
const EDGES = '0 where nothing was traded.'

/** `ln(close / (money / volume)) / (e·√candles)`, money and volume summed or averaged alike. */
const distance = (scope: Scope, money: Series, volume: Series, candles: number): Series => {
  const root = Math.sqrt(candles)
  return eachRow(
    `vwapDistance ${candles}`,
    [scope.candle('close'), money, volume, volatility(scope)],
    (out, [close, paid, traded, e], count) => {
      for (let i = 0; i < count; i++) {
        const average = paid[i] / traded[i]
        out[i] = average === 0 || traded[i] === 0 ? 0 : ln(close[i] / average) / (e[i] * root)
      }
    },
  )
}

const money = (scope: Scope): Series => times(typicalPrice(scope), scope.candle('volume'))

/** Sum since the day began, UTC. */
const sinceMidnight = (x: Series, stepMs: number): Series =>
  x.graph.add({
    key: 'sinceMidnight',
    inputs: [x],
    // so long a day may be: with fewer candles before it, a history may have begun within it
    lookbackRows: candlesOfDay(stepMs) - 1,
    start: () => {
      let day = Number.NaN
      let sum = 0
      return (out, [values], { count, openTimeMs }) => {
        for (let i = 0; i < count; i++) {
          const today = Math.floor(openTimeMs[i] / DAY_MS)
          if (today !== day) sum = 0
          day = today
          sum += values[i]
          out[i] = sum
        }
      }
    },
  })

const candlesOfDay = (stepMs: number): number => Math.max(1, Math.ceil(DAY_MS / stepMs))

const vwapDistance = observedFeature({
  name: 'vwapDistance',
  group: 'volume',
  summary: 'How far the close is above what was paid on average over the last candles.',
  unit: 'ex-ante σ',
  formula: 'ln(close / (Σ p·volume / Σ volume)) / (e·√candles), p = (high + low + close) / 3, over the last candles',
  edges: EDGES,
  source: BERKOWITZ,
  parameters: { candles },
  examples: ['vwapDistance(24)', 'vwapDistance(168)'],
  build: (scope, { candles }) =>
    distance(scope, rollingMean(money(scope), candles), rollingMean(scope.candle('volume'), candles), candles),
})

const sessionVwapDistance = observedFeature({
  name: 'sessionVwapDistance',
  group: 'volume',
  summary: 'How far the close is above what was paid on average since midnight UTC, in the σ of a day.',
  unit: 'ex-ante σ of a day',
  formula: 'ln(close / (Σ p·volume / Σ volume)) / (e·√candles of a day), p = (high + low + close) / 3, since 00:00 UTC',
  edges: `${EDGES} On candles of a day or more, each is a session of its own.`,
  source: BERKOWITZ,
  parameters: {},
  examples: ['sessionVwapDistance'],
  build: scope => {
    const { stepMs } = scope
    const [paid, traded] = [money(scope), scope.candle('volume')].map(x => sinceMidnight(x, stepMs))
    return distance(scope, paid, traded, candlesOfDay(stepMs))
  },
})

export const vwapDistances = [vwapDistance, sessionVwapDistance]
