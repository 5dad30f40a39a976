/**
 * EdgeQuant: calibrated quantile forecasts, gated signals and local backtests in the browser.
 *
 * `createPredictionService` is what most apps need. Everything pure that it is made of is here as well, in the order of the
 * pipeline, for use without a worker: in a page, in Node, Deno and Bun.
 *
 * @packageDocumentation
 */

// The service

export { createPredictionService, DEFAULT_COSTS } from './service/create-prediction-service.ts'
export type {
  BacktestOptions,
  CacheReport,
  EngineChoice,
  FollowOptions,
  ForecastStream,
  GateOptions,
  LoadProgress,
  PredictionService,
  PredictionServiceOptions,
  PredictOptions,
  SelfTestReport,
} from './service/service.ts'

// Units and errors

export {
  AbortedError,
  BacktestError,
  BundleError,
  CandleError,
  ConfigError,
  EdgeQuantError,
  EngineError,
  ExchangeError,
  FeatureError,
  ForecastError,
  RiskError,
  ServiceError,
  SourceError,
} from './errors.ts'
export {
  bpsToFraction,
  DAY_MS,
  formatTimeMs,
  fractionToBps,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  TIMEFRAMES,
  type Timeframe,
  timeframeMs,
} from './units.ts'

// Candle

export type { Candle, CandleSeries } from './candle/candle.ts'
export { CANDLE_CSV_HEADER, type CandleColumns, formatCandleCsv, parseCandleCsv } from './candle/candle-csv.ts'
export { type FilledGap, type FillShortGapsOptions, fillShortGaps } from './candle/fill-short-gaps.ts'
export { assessCandles } from './candle/quality/assess-candles.ts'
export { DEFAULT_QUALITY_POLICY } from './candle/quality/default-policy.ts'
export {
  CANDLE_CHECKS,
  type CandleCheck,
  type Finding,
  type QualityAction,
  type QualityPolicy,
  type Severity,
} from './candle/quality/finding.ts'
export type { AssessCandlesOptions } from './candle/quality/prepared-candles.ts'
export {
  type DroppedCandle,
  type FindingAction,
  type RepairCandlesOptions,
  type RepairedCandle,
  type RepairedCandles,
  repairCandles,
} from './candle/quality/repair-candles.ts'
export { scoreDays, scoreMonths } from './candle/quality/score-candles.ts'
export type { PeriodScore, ScoreReason } from './candle/quality/score-periods.ts'
export { sliceSeries, toCandles } from './candle/series.ts'
export { type SimulateMarketOptions, simulateMarket } from './candle/simulate-market.ts'
export { splitAtGaps } from './candle/split-at-gaps.ts'
export type { TimeRange } from './candle/time-ranges.ts'
export { type CandleErrorCode, type ValidateCandlesOptions, validateCandles } from './candle/validate-candles.ts'

// Feature

export { type CompiledFeature, compileFeatures, type FeatureProgram } from './feature/compile-features.ts'
export { computeFeatures, computePanel, readFeature } from './feature/compute-features.ts'
export { DEFAULT_FEATURES } from './feature/default-features.ts'
export { exAnteVolatility } from './feature/ex-ante-volatility.ts'
export {
  FEATURE_GROUPS,
  type FeatureContext,
  type FeatureFamily,
  type FeatureGroup,
  type FeatureKind,
  type FeatureSet,
  knownFeature,
  observedFeature,
  type SeasonalProfile,
  staticFeature,
} from './feature/feature.ts'
export {
  type CandleOutcome,
  type ClockTick,
  FeatureClock,
  type FeatureClockOptions,
} from './feature/feature-clock.ts'
export { FeatureStream, type StreamRow } from './feature/feature-stream.ts'
export type { FeatureRows, FeatureTable, FeatureValue } from './feature/feature-table.ts'
export type { Series } from './feature/graph/graph.ts'
export type { Scope } from './feature/graph/scope.ts'
export { indicatorFamily } from './feature/indicator-family.ts'
export { alignInputs, type CandleTimes } from './feature/input/align-inputs.ts'
export { FEATURE_INPUTS, type FeatureInput } from './feature/input/feature-inputs.ts'
export { InputFeed } from './feature/input/input-feed.ts'
export { INPUT_SOURCES, type InputSource, type InputSourceName } from './feature/input/input-source.ts'
export { ALL_TIMES, type InputEvents } from './feature/input/source-follower.ts'
export { exponentialMean, rollingMean } from './feature/op/decaying-mean.ts'
export { eachRow } from './feature/op/each-row.ts'
export { lag } from './feature/op/lag.ts'
export { rollingMax, rollingMin } from './feature/op/rolling-extreme.ts'
export { loadPublishedIndicators } from './feature/published-indicators.ts'
export { RECIPE_FEATURES } from './feature/recipe-features.ts'
export { registerFeature } from './feature/register-feature.ts'
export { FAMILIES, registeredFamilies } from './feature/registry.ts'
export { type FitSeasonalProfileOptions, fitSeasonalProfile } from './feature/seasonality/fit-seasonal-profile.ts'
export { logReturn } from './feature/shared/log-return.ts'
export { volatility } from './feature/shared/volatility.ts'

// Window

export { fitScalers, type Scaler } from './window/scaler.ts'
export { computeTargets } from './window/targets.ts'
export { createWindower, joinBatches, type Windower, type WindowerOptions } from './window/windower.ts'

// Bundle

export { BUNDLE_FILES, type Bundle, type BundleFiles, type GoldenWindows } from './bundle/bundle.ts'
export { type FeatureSpec, FORMAT_VERSION, type HorizonScores, type Manifest } from './bundle/manifest.ts'
export type { ManifestIssue } from './bundle/manifest-checks.ts'
export { openBundle } from './bundle/open-bundle.ts'
export { parseManifest } from './bundle/parse-manifest.ts'

// Engine: implementations are in 'edgequant/engine'

export type {
  AdapterFacts,
  Engine,
  EngineCandidate,
  EngineExplanation,
  EngineInfo,
  EngineKind,
  EngineOutput,
  Follower,
  ForwardOptions,
  SeriesWindows,
  TfjsBackend,
  Weights,
  WeightTensor,
  WindowBatch,
  Workload,
} from './engine.ts'

// Forecast

export type { Explanation, Forecast, ForecastSeries, HorizonForecast } from './forecast/forecast.ts'
export type { ForecastContext } from './forecast/forecast-context.ts'
export type { ForecastNeeds, NeededInput } from './forecast/forecast-needs.ts'
export type { ForecastInputs, PredictSeriesOptions } from './forecast/forecaster.ts'
export {
  type CandleFollower,
  createPredictor,
  type FollowCandlesOptions,
  type PredictOneOptions,
  type Predictor,
  type PushOptions,
} from './forecast/predictor.ts'
export { meanPinball, pinballLoss, quantileCoverage } from './forecast/quantile-metrics.ts'

// Gate

export { type CostModel, roundTripBps } from './gate/costs.ts'
export type { AbstainReason, Decision } from './gate/decision.ts'
export {
  type GateForecastOptions,
  type GateLimitOptions,
  type GateLimits,
  gateForecast,
  gateLimits,
} from './gate/gate-forecast.ts'

// Risk

export type {
  AccountState,
  Denial,
  DenialCode,
  MarketState,
  OrderSuggestion,
  RiskLimits,
  RiskVerdict,
} from './risk/risk.ts'
export { RiskManager } from './risk/risk-manager.ts'

// Backtest

export type {
  BacktestInputs,
  BacktestMetrics,
  BacktestReport,
  BacktestSignal,
  GatedForecastOptions,
  Interval,
  Strategy,
  StrategyContext,
  StrategyResult,
  StrategyRun,
  Trade,
} from './backtest/backtest.ts'
export { buyAndHold, simpleGrid } from './backtest/baselines.ts'
export { type BacktestReportOptions, createBacktestReport } from './backtest/create-backtest-report.ts'
export {
  type GatedForecastStrategy,
  type GatedForecastStrategyOptions,
  gatedForecastStrategy,
} from './backtest/gated-forecast-strategy.ts'
export { DEFAULT_INITIAL_CASH_QUOTE, type RunStrategyOptions, runStrategy } from './backtest/run-strategy.ts'

// Source: where candles come from

export { type ArrayCandleSourceOptions, arrayCandleSource, type CandleArray } from './source/array-candle-source.ts'
export {
  type CachedCandleSourceOptions,
  cachedCandleSource,
  clearCachedCandles,
  type SourceFailure,
} from './source/cached-candle-source.ts'
export type { CandlePage, CandlePagesOptions, CandleRequest, CandleSource } from './source/candle-source.ts'
export type { CcxtClient, CcxtMarket } from './source/exchange/ccxt-client.ts'
export type { Credentials, MarketType } from './source/exchange/create-client.ts'
export { type ExchangeCandleSourceOptions, exchangeCandleSource } from './source/exchange/exchange-candle-source.ts'
export {
  type AskOptions,
  type ExchangeOptions,
  type ExchangeSession,
  openExchange,
  type Retry as ExchangeRetry,
} from './source/exchange/exchange-session.ts'
export { type LoadCandlesOptions, loadCandles, type NewestCandlesRequest } from './source/load-candles.ts'
export {
  type ManyFilesOptions,
  type OneFileOptions,
  type UrlCandleSourceOptions,
  urlCandleSource,
} from './source/url-candle-source.ts'
export type { Backoff } from './source/wait.ts'
