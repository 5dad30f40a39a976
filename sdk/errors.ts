const BASE_NAME = 'EdgeQuantError'
/** The same in every copy of this code. */
const BRAND = Symbol.for('edgequant.error')

/**
 * Every failure a caller can act on is an `EdgeQuantError`: a class per cause, a stable `code`, and `details` that say
 * where (symbol, time, field, file …) and what the value was. Messages quote the value, say what was expected and what to do.
 */
export class EdgeQuantError extends Error {
  /** Not the class's own name, which minifiers shorten. */
  static readonly errorName: string = BASE_NAME
  /** Stable across versions; switch on this rather than on the message. */
  readonly code: string
  /** Structured, cloneable facts about the failure. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = new.target.errorName
    this.code = code
    this.details = details
  }

  /** Errors of a copy of this code, in a file that is loaded by itself, are these all the same. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class that is asked about, perhaps a derived one
    return isOfClass(value, this)
  }

  get [BRAND](): true {
    return true
  }
}

function isOfClass(value: unknown, asked: typeof EdgeQuantError): boolean {
  // A class that an app derives has no copies.
  if (!Object.hasOwn(asked, 'errorName')) return Function.prototype[Symbol.hasInstance].call(asked, value)
  if (typeof value !== 'object' || value === null || !(BRAND in value)) return false
  return asked.errorName === BASE_NAME || (value as { name?: unknown }).name === asked.errorName
}

/** A candle, or a series of them, that the pipeline refuses. */
export class CandleError extends EdgeQuantError {
  static override readonly errorName = 'CandleError'
}
/** An exchange that cannot be reached, does not have what was asked for, or refused it. */
export class ExchangeError extends EdgeQuantError {
  static override readonly errorName = 'ExchangeError'
}
/** A file or URL of market data that cannot be had or read. */
export class SourceError extends EdgeQuantError {
  static override readonly errorName = 'SourceError'
}
/** A feature set that cannot be computed: unknown feature, too little history, a non-finite value. */
export class FeatureError extends EdgeQuantError {
  static override readonly errorName = 'FeatureError'
}
/** A bundle that cannot be trusted or understood: altered file, other format version, wrong shapes. */
export class BundleError extends EdgeQuantError {
  static override readonly errorName = 'BundleError'
}
/** An engine that cannot be built or that failed at run time. */
export class EngineError extends EdgeQuantError {
  static override readonly errorName = 'EngineError'
}
/** Quantiles, offsets or forecasts whose shape, size or values do not fit together. */
export class ForecastError extends EdgeQuantError {
  static override readonly errorName = 'ForecastError'
}
/** A request the service cannot serve: unknown symbol, disposed, worker gone. */
export class ServiceError extends EdgeQuantError {
  static override readonly errorName = 'ServiceError'
}
/** Limits or orders that are invalid in themselves. */
export class RiskError extends EdgeQuantError {
  static override readonly errorName = 'RiskError'
}
/** A backtest that cannot be run as asked. */
export class BacktestError extends EdgeQuantError {
  static override readonly errorName = 'BacktestError'
}
/** A configuration (file, flag or option) that is invalid. */
export class ConfigError extends EdgeQuantError {
  static override readonly errorName = 'ConfigError'
}
/** The caller's `AbortSignal` fired. */
export class AbortedError extends EdgeQuantError {
  static override readonly errorName = 'AbortedError'

  constructor(what: string) {
    super('ABORTED', `${what} was aborted by the caller's signal.`, { what })
  }
}

type ErrorClass = new (code: string, message: string, details?: Record<string, unknown>) => EdgeQuantError

/** By name, so that an error can be rebuilt with its class on the other side of a worker boundary. */
const CLASSES: Record<string, ErrorClass> = {
  EdgeQuantError,
  CandleError,
  ExchangeError,
  SourceError,
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
