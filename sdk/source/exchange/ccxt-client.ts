/**
 * What is used of a client of ccxt: any exchange class of ccxt 4 fits. The package's types are not asked for, so that an
 * app without ccxt compiles.
 */
export interface CcxtClient {
  readonly id: string
  readonly has: Readonly<Record<string, boolean | 'emulated' | undefined>>
  readonly timeframes: Readonly<Record<string, unknown>>
  /** Missing before they are loaded. */
  readonly markets: Readonly<Record<string, CcxtMarket>> | undefined
  apiKey: string
  loadMarkets(reload?: boolean): Promise<unknown>
  featureValue(symbol: string, method: string, parameter: string): unknown

  fetchTime(): Promise<number | undefined>
  /** Rows of opening time (ms), open, high, low, close, volume. */
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since?: number,
    limit?: number,
    params?: CcxtParams,
  ): Promise<readonly CcxtRow[]>
  fetchFundingRateHistory(
    symbol: string,
    since?: number,
    limit?: number,
    params?: CcxtParams,
  ): Promise<readonly CcxtFundingRate[]>
  fetchOpenInterestHistory(
    symbol: string,
    timeframe: string,
    since?: number,
    limit?: number,
    params?: CcxtParams,
  ): Promise<readonly CcxtOpenInterest[]>
  fetchOrderBook(symbol: string, limit?: number, params?: CcxtParams): Promise<CcxtOrderBook>
  fetchTrades(symbol: string, since?: number, limit?: number, params?: CcxtParams): Promise<readonly CcxtTrade[]>
  fetchLiquidations(
    symbol: string,
    since?: number,
    limit?: number,
    params?: CcxtParams,
  ): Promise<readonly CcxtLiquidation[]>

  // Hooks of its HTTP layer, see guard-client.ts.
  fetch(url: string, method?: string, headers?: unknown, body?: unknown): Promise<unknown>
  onRestResponse(
    status: number,
    statusText: string,
    url: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    requestHeaders: unknown,
    requestBody: unknown,
  ): string
  handleHttpStatusCode(status: number, statusText: string, url: string, method: string, body: string): void
}

type CcxtParams = Readonly<Record<string, unknown>>
type Known<T> = T | undefined

/** A row of numbers. */
export type CcxtRow = readonly Known<number>[]

export interface CcxtMarket {
  /** ccxt's spelling, e.g. `BTC/USDT`, or `BTC/USDT:USDT` for a perpetual. */
  readonly symbol: string
  /** The exchange's own. */
  readonly id: Known<string>
  readonly base: string
  readonly quote: string
  readonly settle: Known<string>
  readonly spot: Known<boolean>
  readonly swap: Known<boolean>
  readonly contractSize: Known<number>
}

export interface CcxtFundingRate {
  readonly fundingRate: Known<number>
  readonly timestamp?: Known<number>
}

export interface CcxtOpenInterest {
  readonly openInterestAmount?: Known<number>
  readonly openInterestValue?: Known<number>
  readonly timestamp?: Known<number>
}

export interface CcxtOrderBook {
  /** Best first: price, quantity. */
  readonly bids: readonly CcxtRow[]
  readonly asks: readonly CcxtRow[]
  readonly timestamp: Known<number>
}

export interface CcxtTrade {
  readonly id: Known<string>
  readonly timestamp: Known<number>
  readonly price: Known<number>
  readonly amount: Known<number>
  readonly side: Known<string>
}

export interface CcxtLiquidation {
  /** The exchange's own record. */
  readonly info: unknown
  readonly timestamp?: Known<number>
  readonly price: Known<number>
}
