import type {
  BacktestReport,
  CacheReport,
  Decision,
  EngineInfo,
  Forecast,
  LoadProgress,
  Manifest,
  RiskVerdict,
} from 'edgequant'
import type { BundleEntry } from '../data/bundles.ts'
import type { Market } from '../data/market.ts'
import type { Failure } from './failure.ts'
import type { Store } from './store.ts'

/** What the sliders say. One set of settings rules the decision, the markers and the backtest. */
export interface LabSettings {
  /** Forecast horizon that is traded, in candles; null until a model says which horizons there are. */
  readonly horizonCandles: number | null
  /** Multiplies the model's own gate threshold; 1 = as shipped. */
  readonly edgeMultiplier: number
  /** Exchange fee, one-way. */
  readonly feeBps: number
  /** Length of the backtest, up to the newest candle. */
  readonly days: number
}

/** A running or finished backtest; the last report stays visible while a new one is computed. */
export interface LabRun {
  readonly report: BacktestReport | null
  /** Share of candles forecast, while the model is still going over them; null otherwise. */
  readonly progress: number | null
  readonly failure: Failure | null
}

/** Round-trip times of forecasts asked for by this page. */
export interface ForecastTimings {
  /** How many; the percentiles are over the newest of them. */
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface State {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly progress: LoadProgress | null
  readonly failure: Failure | null

  readonly bundles: readonly BundleEntry[]
  readonly bundleUrl: string | null
  readonly manifest: Manifest | null
  readonly engineInfo: EngineInfo | null
  readonly cache: CacheReport | null
  /** Fewest candles a forecast needs. */
  readonly candlesNeeded: number
  /** Candles a forecast depends on, at most. */
  readonly candlesRemembered: number

  readonly market: Market | null
  readonly symbol: string | null
  /** The replay clock: close time of the newest candle that the page pretends to know. */
  readonly nowMs: number
  readonly playing: boolean
  readonly candlesPerSecond: number
  /** Also draw what came after `nowMs`. */
  readonly showOutcome: boolean

  readonly forecast: Forecast | null
  readonly forecastFailure: Failure | null
  readonly decision: Decision | null
  readonly verdict: RiskVerdict | null
  readonly timings: ForecastTimings | null

  readonly settings: LabSettings
  readonly lab: LabRun
  readonly labOpen: boolean
  readonly theme: 'dark' | 'light'
}

export type AppStore = Store<State>

export const initialState: State = {
  phase: 'loading',
  progress: null,
  failure: null,
  bundles: [],
  bundleUrl: null,
  manifest: null,
  engineInfo: null,
  cache: null,
  candlesNeeded: 0,
  candlesRemembered: 0,
  market: null,
  symbol: null,
  nowMs: 0,
  playing: false,
  candlesPerSecond: 4,
  showOutcome: false,
  forecast: null,
  forecastFailure: null,
  decision: null,
  verdict: null,
  timings: null,
  settings: { horizonCandles: null, edgeMultiplier: 1, feeBps: 5, days: 60 },
  lab: { report: null, progress: null, failure: null },
  labOpen: true,
  theme: 'dark',
}
