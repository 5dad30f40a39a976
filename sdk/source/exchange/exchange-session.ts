import { AbortedError, ExchangeError } from '../../errors.ts'
import { formatTimeMs, MINUTE_MS } from '../../units.ts'
import { type Backoff, backoffMs, sleep, untilAborted } from '../wait.ts'
import type { CcxtClient, CcxtMarket } from './ccxt-client.ts'
import { type Credentials, createClient, type MarketType } from './create-client.ts'
import { type ClientGuard, guardClient } from './guard-client.ts'
import { nearestSymbols } from './nearest-names.ts'
import { type FailureKind, failureKind, isPassing, oneLine, RequestFailure } from './request-failure.ts'

export interface ExchangeOptions {
  /** ccxt's name, e.g. `binance`, or a client of ccxt, which then is used as it is configured. */
  readonly exchange: string | CcxtClient
  /** Limit for each request, its body included, ms; default 10,000. */
  readonly timeoutMs?: number
  /** How often a request is repeated that fails for a passing reason; default 10. */
  readonly retries?: number
  /** Waits between them; default: up to half a second before the first, up to 30 seconds before later ones. */
  readonly backoff?: Backoff
  /** Longest wait that the exchange may ask for; default 10 minutes. Beyond it asking ends with `RATE_LIMITED`. */
  readonly longestPauseMs?: number
  /**
   * Limit for the first answers as a whole (markets, clock), repetitions included, ms; default: none. With it nothing is
   * repeated more than twice before the exchange has answered, for callers who have another way.
   */
  readonly firstContactMs?: number
  /** Replaces base URLs of the exchange's API by ccxt's name for them: for a proxy or a mirror. */
  readonly urls?: Readonly<Record<string, string>>
  readonly credentials?: Credentials
  /** Whose list of markets is loaded: spot markets or linear perpetuals; default: both. */
  readonly marketType?: MarketType
  /** Our clock; default `Date.now`. */
  readonly now?: () => number
  /** Uniform in [0, 1); default `Math.random`. */
  readonly random?: () => number
  readonly onRetry?: (retry: Retry) => void
  /** Ends every wait of the session. */
  readonly signal?: AbortSignal
}

/** A request that failed and is going to be repeated. */
export interface Retry {
  readonly exchange: string
  readonly what: string
  /** That failed: 1, 2, … */
  readonly attempt: number
  readonly waitMs: number
  /** Whether the exchange itself asked to wait, with Retry-After. */
  readonly asked: boolean
  /** In the words of the exchange, the network or the check. */
  readonly cause: string
}

export interface AskOptions<T> {
  readonly signal?: AbortSignal | undefined
  /** Why an answer cannot be right, or null: then it is asked for again. */
  readonly check?: (answer: T) => string | null
}

/** An exchange that has answered: its markets are known, and its clock agrees with ours. */
export interface ExchangeSession {
  /** ccxt's name, e.g. `binance`. */
  readonly id: string
  readonly client: CcxtClient
  /** By the exchange's clock, if it tells: never ahead of it. */
  nowMs(): number
  /** @throws ExchangeError `UNKNOWN_SYMBOL`, with the nearest ones that it lists */
  market(symbol: string): CcxtMarket
  /** Whether it answers a method of the client itself, as `fetchOHLCV`; what ccxt makes of other answers does not count. */
  has(method: string): boolean
  /**
   * One request, repeated while it fails for a passing reason: no answer, a broken one, "not now", "too often". When the
   * exchange asks to wait, everything in the session does.
   * @param what For messages, e.g. `1h candles of BTC/USDT`.
   * @throws ExchangeError `EXCHANGE_UNREACHABLE`, `RATE_LIMITED`, `BAD_ANSWER` (when it still fails after all repetitions),
   *   `EXCHANGE_REFUSED`, `CREDENTIALS_MISSING`, `UNKNOWN_SYMBOL`, `NOT_OFFERED` (at once); AbortedError
   */
  ask<T>(what: string, request: () => Promise<T>, o?: AskOptions<T>): Promise<T>
  /** Waits as `ask` does before a repetition, for callers who doubt several answers together. */
  waitToRepeat(what: string, attempt: number, cause: string, signal: AbortSignal | undefined): Promise<void>
}

const TIMEOUT_MS = 10_000
const RETRIES = 10
const BACKOFF: Backoff = { firstMs: 500, longestMs: 30_000 }
const LONGEST_PAUSE_MS = 10 * MINUTE_MS
const FIRST_CONTACT_RETRIES = 2
/** Clocks of machines that are kept in time differ by milliseconds; that of a network which is slow, by seconds. */
const CLOCK_TOLERANCE_MS = MINUTE_MS

/**
 * Opens a session with an exchange through ccxt: loads its markets and compares its clock with ours.
 * @throws SourceError `CCXT_MISSING`; ExchangeError `UNKNOWN_EXCHANGE`, `CLOCK_OFF`, and as `ExchangeSession.ask`
 */
export async function openExchange(o: ExchangeOptions): Promise<ExchangeSession> {
  const timeoutMs = o.timeoutMs ?? TIMEOUT_MS
  const isShared = typeof o.exchange !== 'string'
  const client = isShared ? o.exchange : await createClient(o.exchange, { ...o, timeoutMs })
  const session = new Session(client, guardClient(client, { timeoutMs, isShared }), o)
  const { firstContactMs } = o
  if (firstContactMs === undefined) {
    await session.greet(undefined)
    return session
  }
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), firstContactMs)
  try {
    await session.greet(late.signal)
    return session
  } catch (error) {
    if (!(error instanceof AbortedError) || o.signal?.aborted) throw error
    throw session.failure('unreachable', 'first contact', `no answer within ${firstContactMs} ms`)
  } finally {
    clearTimeout(timer)
  }
}

class Session implements ExchangeSession {
  readonly id: string
  readonly client: CcxtClient
  readonly #guard: ClientGuard
  readonly #options: ExchangeOptions
  readonly #now: () => number
  #retries: number
  #clockOffsetMs = 0

  constructor(client: CcxtClient, guard: ClientGuard, o: ExchangeOptions) {
    this.id = client.id
    this.client = client
    this.#guard = guard
    this.#options = o
    this.#now = o.now ?? Date.now
    this.#retries = o.retries ?? RETRIES
  }

  async greet(signal: AbortSignal | undefined): Promise<void> {
    const retries = this.#retries
    if (this.#options.firstContactMs !== undefined) this.#retries = Math.min(retries, FIRST_CONTACT_RETRIES)
    let isRepeated = false
    const loadMarkets = (): Promise<unknown> => {
      // ccxt keeps the promise of a failed list, so what is asked again must be asked anew
      const loading = this.client.loadMarkets(isRepeated)
      isRepeated = true
      return loading
    }
    const check = (): string | null => (Object.keys(this.#markets).length > 0 ? null : 'the list of markets is empty')
    await this.ask('the list of markets', loadMarkets, { signal, check })
    if (this.has('fetchTime')) await this.#compareClocks(signal)
    this.#retries = retries
  }

  async #compareClocks(signal: AbortSignal | undefined): Promise<void> {
    let sentAtMs = 0
    const ask = (): Promise<number | undefined> => {
      sentAtMs = this.#now()
      return this.client.fetchTime()
    }
    const check = (time: unknown): string | null => (Number.isFinite(time) ? null : `the time it tells is ${time}`)
    const exchangeMs = (await this.ask('the time', ask, { signal, check })) as number
    const receivedAtMs = this.#now()
    const apartMs = Math.max(sentAtMs - exchangeMs, exchangeMs - receivedAtMs)
    if (apartMs > CLOCK_TOLERANCE_MS) throw this.#clockOff(exchangeMs, receivedAtMs)
    // it read its clock before we received what it says: so ours, corrected, is never ahead of it
    this.#clockOffsetMs = exchangeMs - receivedAtMs
  }

  #clockOff(exchangeMs: number, oursMs: number): ExchangeError {
    const seconds = Math.round(Math.abs(exchangeMs - oursMs) / 1000)
    return new ExchangeError(
      'CLOCK_OFF',
      `${this.id} says that it is ${formatTimeMs(exchangeMs)}; the clock of this machine says ${formatTimeMs(oursMs)}: ${seconds} s apart, and at most ${CLOCK_TOLERANCE_MS / 1000} are allowed. Which of the two is wrong cannot be known here, and by the wrong one a candle in progress would count as closed. Set the clock of this machine (NTP), or check what answers in the exchange's place.`,
      { exchange: this.id, exchangeMs, oursMs, differenceMs: exchangeMs - oursMs },
    )
  }

  get #markets(): Readonly<Record<string, CcxtMarket>> {
    return this.client.markets ?? {}
  }

  nowMs(): number {
    return this.#now() + this.#clockOffsetMs
  }

  market(symbol: string): CcxtMarket {
    if (Object.hasOwn(this.#markets, symbol)) return this.#markets[symbol]
    const nearest = nearestSymbols(symbol, Object.keys(this.#markets))
    throw new ExchangeError(
      'UNKNOWN_SYMBOL',
      `${this.id} lists no market "${symbol}"; the nearest that it lists: ${nearest.join(', ')}. Symbols are written BASE/QUOTE, as BTC/USDT; perpetuals BASE/QUOTE:SETTLE, as BTC/USDT:USDT.`,
      { exchange: this.id, symbol, nearest },
    )
  }

  has(method: string): boolean {
    return this.client.has[method] === true
  }

  async ask<T>(what: string, request: () => Promise<T>, { signal, check }: AskOptions<T> = {}): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#waitAsAsked(what, signal)
      try {
        const answer = await this.#untilAborted(request(), signal, what)
        const problem = check?.(answer) ?? null
        if (problem === null) return answer
        throw new RequestFailure('badAnswer', problem)
      } catch (error) {
        if (error instanceof AbortedError) throw error
        const kind = failureKind(error)
        const cause = oneLine(error)
        if (!isPassing(kind) || attempt > this.#retries) throw this.failure(kind, what, cause, attempt)
        await this.waitToRepeat(what, attempt, cause, signal)
      }
    }
  }

  /** Another request of the session may have been told to wait. */
  async #waitAsAsked(what: string, signal: AbortSignal | undefined): Promise<void> {
    for (let waitMs = this.#pauseMs(what); waitMs > 0; waitMs = this.#pauseMs(what)) {
      await this.#sleep(waitMs, signal, what)
    }
  }

  async waitToRepeat(what: string, attempt: number, cause: string, signal: AbortSignal | undefined): Promise<void> {
    const pauseMs = this.#pauseMs(what)
    const waitMs = pauseMs + backoffMs(attempt, this.#options.backoff ?? BACKOFF, this.#options.random ?? Math.random)
    this.#options.onRetry?.({ exchange: this.id, what, attempt, waitMs, asked: pauseMs > 0, cause })
    await this.#sleep(waitMs, signal, what)
  }

  #pauseMs(what: string): number {
    const waitMs = this.#guard.pauseMs()
    if (waitMs <= (this.#options.longestPauseMs ?? LONGEST_PAUSE_MS)) return waitMs
    throw this.failure('rateLimited', what, `it asks to wait ${Math.ceil(waitMs / 1000)} s`)
  }

  #sleep(ms: number, signal: AbortSignal | undefined, what: string): Promise<void> {
    return this.#untilAborted(sleep(ms, signal, what), undefined, what)
  }

  #untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
    const named = `Asking ${this.id} for ${what}`
    return untilAborted(untilAborted(work, signal, named), this.#options.signal, named)
  }

  failure(kind: FailureKind, what: string, cause: string, attempts = 1): ExchangeError {
    const { id } = this
    const times = attempts > 1 ? ` after ${attempts} attempts` : ''
    const details = { exchange: id, what, cause, attempts }
    const needsKey = this.client.apiKey ? 'refused' : 'unauthorised'
    switch (kind === 'unauthorised' ? needsKey : kind) {
      case 'unreachable':
        return new ExchangeError(
          'EXCHANGE_UNREACHABLE',
          `${id} cannot be reached for ${what}${times}: ${cause}. Check the connection, use candles on disk, or simulate.`,
          details,
        )
      case 'rateLimited':
        return new ExchangeError(
          'RATE_LIMITED',
          `${id} asks to be asked less often (${what}${times}): ${cause}. Wait, then go on: what was fetched is kept; or ask for fewer symbols at once.`,
          details,
        )
      case 'badAnswer':
        return new ExchangeError(
          'BAD_ANSWER',
          `${id} gave an answer for ${what} that cannot be right${times}: ${cause}. Try again later; behind a proxy, check what it answers.`,
          details,
        )
      case 'unauthorised': {
        const prefix = `EDGEQUANT_${id.toUpperCase()}`
        return new ExchangeError(
          'CREDENTIALS_MISSING',
          `${id} gives ${what} to those with an API key only: ${cause}. Give the option credentials: { apiKey, secret }; the trainer reads ${prefix}_API_KEY and ${prefix}_SECRET from the environment.`,
          { ...details, variables: [`${prefix}_API_KEY`, `${prefix}_SECRET`, `${prefix}_PASSWORD`] },
        )
      }
      case 'unknownSymbol':
        return new ExchangeError('UNKNOWN_SYMBOL', `${id} does not know the market of ${what}: ${cause}.`, details)
      case 'notOffered':
        return new ExchangeError('NOT_OFFERED', `${id} does not offer ${what}: ${cause}.`, details)
      default:
        return new ExchangeError('EXCHANGE_REFUSED', `${id} refused to give ${what}: ${cause}.`, details)
    }
  }
}
