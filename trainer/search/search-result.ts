import type { FeatureFamily } from '../../sdk/feature/feature.ts'
import type { Gain } from './gain.ts'
import type { ProbeSettings } from './probe-network.ts'
import type { Relevance } from './rank-candidates.ts'

export interface SearchOptions {
  /** Candidates to try, at most. */
  readonly maxCandidates: number
  /** Features to add, at most. */
  readonly keep: number
  /** Candidates that are judged together, kept or not: some gain too little to tell alone. Default 1. */
  readonly groupSize?: number
  readonly seed: number
  readonly folds?: number
  /** Networks per fold that are averaged. */
  readonly networks?: number
  readonly settings?: ProbeSettings
  /** Whose features, and transforms of them, are tried; default: all that are registered. */
  readonly families?: readonly FeatureFamily[]
  readonly onProgress?: (fraction: number, facts: string) => void
  /** Tells of every candidate what was found out, as soon as it is. */
  readonly onTrial?: (trial: Trial) => Promise<void>
  readonly signal?: AbortSignal
}

/** What became of a candidate. */
export type Trial =
  | { readonly feature: string; readonly step: 'left out'; readonly reason: string }
  | ({
      readonly feature: string
      readonly step: 'ranked'
      /** Among those that may be judged, and what it tells beyond those before it; null where it is not among them. */
      readonly place: number | null
      readonly news: number | null
    } & Relevance)
  | ({ readonly feature: string; readonly step: 'control' } & Gain)
  | ({ readonly features: readonly string[]; readonly step: 'judged'; readonly kept: boolean } & Gain)

export interface SearchResult {
  /** The baseline's features and those that were kept. */
  readonly features: readonly string[]
  readonly search: {
    /** Candidates that were computed and compared with the outcomes. */
    readonly tried: number
    /** Of these, candidates that networks were trained with. */
    readonly judged: number
    readonly leftOut: number
    readonly kept: readonly ({ readonly features: readonly string[] } & Gain)[]
    readonly seed: number
    readonly folds: number
    readonly networksPerFold: number
    readonly rows: number
    readonly symbols: readonly string[]
    readonly horizons: readonly number[]
    readonly period: { readonly from: string; readonly until: string }
    readonly baseline: { readonly features: readonly string[]; readonly loss: number }
    readonly result: { readonly loss: number } & Gain
    /** Features that know nothing: candidates turned round in time. All in standard errors of a gain. */
    readonly controls: {
      readonly gains: readonly number[]
      readonly mean: number
      readonly deviation: number
      /** Gain of the best of as many as were tried, if none knew anything. */
      readonly expectedBest: number
      /** What a gain must be for its feature to be kept. */
      readonly required: number
      /** Chance that any is kept if none knows anything. */
      readonly familywiseRate: number
    }
  }
}

/** Networks per fold, unless said otherwise. */
export const NETWORKS = 3

/** What a long search does on its way. */
export interface SearchCourse {
  readonly onTrial: (trial: Trial) => Promise<void>
  /** Between two pieces of work: lets Ctrl-C through. Throws where the search is to end. */
  readonly pause: () => Promise<void>
  readonly progress: (fraction: number, facts: string) => void
}
