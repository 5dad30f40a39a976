/** Why a request to an exchange failed, as far as it matters for what to do next. */
export type FailureKind =
  /** No answer, or one that says that there is none now. */
  | 'unreachable'
  | 'rateLimited'
  /** An answer that cannot be right. */
  | 'badAnswer'
  | 'unauthorised'
  | 'unknownSymbol'
  | 'notOffered'
  | 'refused'

/** A failure that is noticed here and not by ccxt. */
export class RequestFailure extends Error {
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string) {
    super(message)
    this.name = 'RequestFailure'
    this.kind = kind
  }
}

/** By the names that ccxt gives its errors, which are the same in each of its builds. */
const KIND_BY_NAME: Readonly<Record<string, FailureKind>> = {
  OperationFailed: 'unreachable',
  NetworkError: 'unreachable',
  RequestTimeout: 'unreachable',
  ExchangeNotAvailable: 'unreachable',
  OnMaintenance: 'unreachable',
  DDoSProtection: 'rateLimited',
  RateLimitExceeded: 'rateLimited',
  BadResponse: 'badAnswer',
  NullResponse: 'badAnswer',
  ChecksumError: 'badAnswer',
  AuthenticationError: 'unauthorised',
  PermissionDenied: 'unauthorised',
  AccountNotEnabled: 'unauthorised',
  AccountSuspended: 'unauthorised',
  BadSymbol: 'unknownSymbol',
  NotSupported: 'notOffered',
  ExchangeError: 'refused',
  BadRequest: 'refused',
  ArgumentsRequired: 'refused',
  OperationRejected: 'refused',
  MarketClosed: 'refused',
  RestrictedLocation: 'refused',
  InvalidNonce: 'refused',
  InvalidProxySettings: 'refused',
}

/** In answers that ccxt does not tell apart, as Bybit's 10016, "Internal System Error", with status 200. */
const PASSING_TEXT = /internal|system error|busy|overload|time.?out|timed out|unavailable|maintenance|try again|retry/i

/** As Bitfinex's ERR_RATE_LIMIT: status 429, which ccxt does not look at there. */
const RATE_LIMIT_TEXT = /rate.?limit|too many requests/i

/** What ccxt does not name is thrown by its parsers, where an answer is not what they take for granted. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof RequestFailure) return error.kind
  const { name, message } = (error ?? {}) as Partial<Error>
  if (name === 'ExchangeError' && RATE_LIMIT_TEXT.test(message ?? '')) return 'rateLimited'
  if (name === 'ExchangeError' && PASSING_TEXT.test(message ?? '')) return 'unreachable'
  return KIND_BY_NAME[name ?? ''] ?? 'badAnswer'
}

/** Whether the same request may succeed a little later. */
export const isPassing = (kind: FailureKind): boolean =>
  kind === 'unreachable' || kind === 'rateLimited' || kind === 'badAnswer'

const LONGEST_TEXT = 200

/** What an error says, for use within a sentence. */
export function oneLine(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text
}
