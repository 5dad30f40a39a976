import { FeatureError } from '../../errors.ts'
import type { Expression } from '../expression.ts'
import type { FeatureContext, FeatureSet, SeasonalProfile } from '../feature.ts'
import type { Axis, Graph, Series } from './graph.ts'

export const CANDLE_COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const
export type CandleColumn = (typeof CANDLE_COLUMNS)[number]

/** One symbol's place in a graph: what a feature is built from. */
export class Scope implements FeatureContext {
  readonly graph: Graph
  readonly axis: Axis
  readonly symbol: string
  readonly stepMs: number
  readonly set: FeatureSet
  readonly #build: (scope: Scope, expression: Expression) => Series

  constructor(
    o: { readonly graph: Graph; readonly stepMs: number; readonly set: FeatureSet; readonly symbol: string },
    build: (scope: Scope, expression: Expression) => Series,
  ) {
    this.graph = o.graph
    this.axis = o.graph.axisOf(o.symbol)
    this.symbol = o.symbol
    this.stepMs = o.stepMs
    this.set = o.set
    this.#build = build
  }

  /** A column of the symbol's candles. */
  candle(column: CandleColumn): Series {
    return this.graph.source(this.axis, column)
  }

  /** Another column that goes with the symbol's candles, such as `fundingRate`; whoever computes must have it. */
  input(name: string): Series {
    return this.graph.source(this.axis, name)
  }

  /** The same for another symbol. */
  of(symbol: string): Scope {
    return new Scope({ graph: this.graph, stepMs: this.stepMs, set: this.set, symbol }, this.#build)
  }

  /** The series of another feature. */
  feature(expression: Expression): Series {
    return this.#build(this, expression)
  }

  get market(): readonly string[] {
    return marketOf(this)
  }

  get profile(): SeasonalProfile {
    return profileOf(this)
  }
}

/** @throws FeatureError `NO_MARKET` */
export function marketOf({ set }: FeatureContext): readonly string[] {
  if (set.market && set.market.length > 0) return set.market
  throw new FeatureError(
    'NO_MARKET',
    'A feature of the market is asked for, but the feature set names no market: give it the symbols, e.g. market: ["BTC/USDT", "ETH/USDT"].',
    { features: set.features },
  )
}

/** @throws FeatureError `NO_PROFILE` */
export function profileOf({ set }: FeatureContext): SeasonalProfile {
  if (set.profile) return set.profile
  throw new FeatureError(
    'NO_PROFILE',
    'A seasonal feature is asked for, but the feature set has no profile: fit one on training data (fitSeasonalProfile).',
    { features: set.features },
  )
}
