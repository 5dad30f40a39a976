/**
 * Every failure a caller can act on is an `EdgeQuantError`: a class per cause, a stable `code`, and `details` that say
 * where (symbol, time, field, file …) and what the value was. Messages quote the value, say what was expected and what to do.
 */
export class EdgeQuantError extends Error {
  /** Stable across versions; switch on this rather than on the message. */
  readonly code: string
  /** Structured, cloneable facts about the failure. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = new.target.name
    this.code = code
    this.details = details
  }
}

/** A candle, or a series of them, that the pipeline refuses. */
export class CandleError extends EdgeQuantError {}
/** A feature set that cannot be computed: unknown feature, too little history, a non-finite value. */
export class FeatureError extends EdgeQuantError {}
/** A bundle that cannot be trusted or understood: altered file, other format version, wrong shapes. */
export class BundleError extends EdgeQuantError {}
/** An engine that cannot be built or that failed at run time. */
export class EngineError extends EdgeQuantError {}
/** Quantiles, offsets or forecasts whose shape, size or values do not fit together. */
export class ForecastError extends EdgeQuantError {}
/** A request the service cannot serve: unknown symbol, disposed, worker gone. */
export class ServiceError extends EdgeQuantError {}
/** Limits or orders that are invalid in themselves. */
export class RiskError extends EdgeQuantError {}
/** A backtest that cannot be run as asked. */
export class BacktestError extends EdgeQuantError {}
/** A configuration (file, flag or option) that is invalid. */
export class ConfigError extends EdgeQuantError {}
/** The caller's `AbortSignal` fired. */
export class AbortedError extends EdgeQuantError {
  constructor(what: string) {
    super('ABORTED', `${what} was aborted by the caller's signal.`, { what })
  }
}

type ErrorClass = new (code: string, message: string, details?: Record<string, unknown>) => EdgeQuantError

/** By name, so that an error can be rebuilt with its class on the other side of a worker boundary. */
const CLASSES: Record<string, ErrorClass> = {
  EdgeQuantError,
  CandleError,
  FeatureError,
  BundleError,
  EngineError,
  ForecastError,
  ServiceError,
  RiskError,
  BacktestError,
  ConfigError,
}

/** What of an error crosses a worker boundary. */
export interface ErrorRecord {
  name: string
  message: string
  stack?: string
  code?: string
  details?: Record<string, unknown>
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof EdgeQuantError) {
    return {
      name: error.name,
      message: error.message,
      stack: error.stack ?? '',
      code: error.code,
      details: error.details,
    }
  }
  if (error instanceof Error) return { name: error.name, message: error.message, stack: error.stack ?? '' }
  return { name: 'Error', message: String(error) }
}

export function fromErrorRecord(record: ErrorRecord): Error {
  const error =
    record.name === 'AbortedError'
      ? new AbortedError(String(record.details?.what ?? 'The call'))
      : record.code !== undefined
        ? new (CLASSES[record.name] ?? EdgeQuantError)(record.code, record.message, record.details)
        : Object.assign(new Error(record.message), { name: record.name })
  if (record.stack) error.stack = record.stack
  return error
}

/** Throws `AbortedError` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new AbortedError(what)
}
