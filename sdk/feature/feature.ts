import type { Series } from './graph/graph.ts'
import type { Scope } from './graph/scope.ts'
import type { Arguments, Parameters } from './parameters.ts'

/** What a feature belongs to; the order is that of the documentation. */
export const FEATURE_GROUPS = [
  'return',
  'shape',
  'volatility',
  'volume',
  'indicator',
  'moment',
  'market',
  'seasonality',
  'calendar',
  'book',
  'derivative',
  'liquidation',
  'macro',
  'regime',
  'transform',
  'static',
] as const
export type FeatureGroup = (typeof FEATURE_GROUPS)[number]

/** Static: of the symbol; known: a function of time, also of times to come; observed: known only at a candle's close. */
export type FeatureKind = 'static' | 'known' | 'observed'

interface FamilyFacts<P extends Parameters> {
  /** camelCase; a feature of the family is named by it and its arguments, e.g. `parkinson(6)`. */
  readonly name: string
  readonly group: FeatureGroup
  /** One sentence: what it tells. */
  readonly summary: string
  /** e.g. `ex-ante σ`, `log ratio`, `fraction`. */
  readonly unit: string
  /** One line, in mathematical notation, with the parameters' names. */
  readonly formula: string
  /** Values in a market that stands still, without volume, after a jump: whatever the formula leaves open. */
  readonly edges?: string
  /** Paper or book, where there is one. */
  readonly source?: string
  /** In the order of a name's arguments; none: the name stands alone. */
  readonly parameters: P
  /** Names that are documented, tested and offered as candidates. */
  readonly examples: readonly string[]
}

export interface ObservedFamily<P extends Parameters = Parameters> extends FamilyFacts<P> {
  readonly kind: 'observed'
  /**
   * Makes the feature's series from the scope's. Series use rows up to their own alone, so what is made of them cannot
   * look ahead. NaN says that there is no value; infinities are errors.
   */
  build(scope: Scope, args: Arguments<P>): Series
}

export interface KnownFamily<P extends Parameters = Parameters> extends FamilyFacts<P> {
  readonly kind: 'known'
  /** Makes the function that gives the value for the candle that opens at a time (UTC ms). */
  at(context: FeatureContext, args: Arguments<P>): (openTimeMs: number) => number
}

export interface StaticFamily<P extends Parameters = Parameters> extends FamilyFacts<P> {
  readonly kind: 'static'
  valueOf(context: FeatureContext, args: Arguments<P>): number
}

export type FeatureFamily = ObservedFamily | KnownFamily | StaticFamily

/** What a feature may know besides candles. */
export interface FeatureContext {
  /** The symbol that the feature is computed for. */
  readonly symbol: string
  /** Length of a candle. */
  readonly stepMs: number
  readonly set: FeatureSet
}

/** The features of a model and what they need: plain data that stands in a bundle's manifest. */
export interface FeatureSet {
  /** Names, each once. */
  readonly features: readonly string[]
  /** The symbols that make up the market, for cross-asset features. */
  readonly market?: readonly string[]
  /** The week's usual course, fitted on training data, for seasonal features. */
  readonly profile?: SeasonalProfile
}

/** The usual course of volatility and volume over the hours of the week. */
export interface SeasonalProfile {
  /** Whose hours are counted; daylight saving moves the hours of the market that matters. */
  readonly timeZone: 'UTC' | 'America/New_York'
  /** Usual |return| in ex-ante σ by hour of the week from Monday 00:00, relative to the mean hour. `[168]` */
  readonly volatility: readonly number[]
  /** Usual `ln(1 + volume)` less its mean over the week before. `[168]` */
  readonly volume: readonly number[]
}

/** Keeps the types of a family's arguments. */
export const observedFeature = <const P extends Parameters>(family: Omit<ObservedFamily<P>, 'kind'>): ObservedFamily =>
  ({ kind: 'observed', ...family }) as unknown as ObservedFamily
export const knownFeature = <const P extends Parameters>(family: Omit<KnownFamily<P>, 'kind'>): KnownFamily =>
  ({ kind: 'known', ...family }) as unknown as KnownFamily
export const staticFeature = <const P extends Parameters>(family: Omit<StaticFamily<P>, 'kind'>): StaticFamily =>
  ({ kind: 'static', ...family }) as unknown as StaticFamily
