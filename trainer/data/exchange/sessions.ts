import { ExchangeError } from '../../../sdk/errors.ts'
import type { Credentials } from '../../../sdk/source/exchange/create-client.ts'
import {
  type ExchangeOptions,
  type ExchangeSession,
  openExchange,
} from '../../../sdk/source/exchange/exchange-session.ts'

type SharedOptions = Pick<
  ExchangeOptions,
  'timeoutMs' | 'retries' | 'backoff' | 'firstContactMs' | 'onRetry' | 'now' | 'random'
>

/** As for `openExchange`; what differs between exchanges is given by exchange. */
export interface SessionsOptions extends SharedOptions {
  readonly urls?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly credentials?: Readonly<Record<string, Credentials>>
}

/** Sessions with exchanges, one for the spot markets of each and one for its perpetuals, opened when they are needed. */
export class Sessions {
  readonly #opened = new Map<string, Promise<ExchangeSession>>()
  readonly #options: SessionsOptions
  readonly #signal: AbortSignal
  /** Errors of exchanges that did not answer at all. */
  readonly unreached = new Set<unknown>()

  constructor(options: SessionsOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  /** @throws ExchangeError, SourceError, AbortedError, as `openExchange` */
  of(exchange: string, marketType: 'spot' | 'swap'): Promise<ExchangeSession> {
    const name = `${exchange} ${marketType}`
    const opened = this.#opened.get(name) ?? this.#open(exchange, marketType)
    this.#opened.set(name, opened)
    return opened
  }

  async #open(exchange: string, marketType: 'spot' | 'swap'): Promise<ExchangeSession> {
    const { urls, credentials, ...shared } = this.#options
    const key = credentials?.[exchange]
    try {
      return await openExchange({
        ...shared,
        exchange,
        marketType,
        urls: urls?.[exchange] ?? {},
        ...(key ? { credentials: key } : {}),
        signal: this.#signal,
      })
    } catch (error) {
      if (error instanceof ExchangeError && error.code === 'EXCHANGE_UNREACHABLE') this.unreached.add(error)
      throw error
    }
  }
}
