import { ExchangeError, SourceError } from '../../errors.ts'
import type { CcxtClient } from './ccxt-client.ts'
import { nearestNames } from './nearest-names.ts'
import { oneLine } from './request-failure.ts'

export interface Credentials {
  readonly apiKey: string
  readonly secret: string
  /** Some exchanges want a third one. */
  readonly password?: string
}

export type MarketType = 'spot' | 'swap'

export interface CreateClientOptions {
  /** Limit for each request as a whole, ms. */
  readonly timeoutMs: number
  /** Replaces base URLs of the exchange's API by ccxt's name, `public` or `public.futures`: for a proxy or a mirror. */
  readonly urls?: Readonly<Record<string, string>> | undefined
  readonly credentials?: Credentials | undefined
  /** Whose list of markets is loaded: spot markets or linear perpetuals; default: both. */
  readonly marketType?: MarketType | undefined
}

/** What a client of ccxt is configured by, beyond what is used of it later. */
interface ConfigurableClient extends CcxtClient {
  readonly has: Record<string, boolean | 'emulated' | undefined>
  readonly urls: { api: UrlTree }
  readonly options: { fetchMarkets?: { types?: string[] | Record<string, unknown> } }
}
interface UrlTree {
  [key: string]: string | UrlTree
}

/**
 * A client of ccxt for public market data. ccxt is large, and an optional peer: it is loaded here and nowhere else.
 * @throws SourceError `CCXT_MISSING`; ExchangeError `UNKNOWN_EXCHANGE`
 */
export async function createClient(exchange: string, o: CreateClientOptions): Promise<CcxtClient> {
  const ccxt = await importCcxt()
  const Client = Object.hasOwn(ccxt.exchanges, exchange) ? ccxt.exchanges[exchange] : undefined
  if (Client === undefined) {
    const known = Object.keys(ccxt.exchanges)
    throw new ExchangeError(
      'UNKNOWN_EXCHANGE',
      `ccxt knows no exchange "${exchange}"; of the ${known.length} that it knows, the nearest are ${nearestNames(exchange, known).join(', ')}.`,
      { exchange, nearest: nearestNames(exchange, known) },
    )
  }
  const client = new Client({
    enableRateLimit: true,
    timeout: o.timeoutMs,
    fetchImplementation: fetchWhole,
    ...o.credentials,
  })
  // a list of coins is of no use here; on some exchanges it needs a key, on others it is long
  client.has.fetchCurrencies = false
  listOnly(client, o.marketType)
  for (const [name, url] of Object.entries(o.urls ?? {})) replaceUrl(client.urls.api, name.split('.'), url)
  return client
}

async function importCcxt(): Promise<{ exchanges: Record<string, new (config: object) => ConfigurableClient> }> {
  try {
    const { exchanges } = await import('ccxt')
    return { exchanges: exchanges as unknown as Record<string, new (config: object) => ConfigurableClient> }
  } catch (error) {
    throw new SourceError(
      'CCXT_MISSING',
      `Exchanges are asked through the package ccxt, which could not be loaded (${oneLine(error)}). Install it: npm install ccxt`,
      { cause: oneLine(error) },
    )
  }
}

/**
 * The platform's fetch, which is done when the body is read: so ccxt's time limit covers it, and ends the connection of a
 * body that stalls. Browsers have few connections an exchange.
 */
async function fetchWhole(url: string, { method, headers, body, signal }: RequestInit): Promise<object> {
  const response = await fetch(url, {
    redirect: 'error',
    method: method ?? 'GET',
    headers: headers ?? {},
    body: body ?? null,
    signal: signal ?? null,
  })
  const text = await response.text()
  const { status, statusText } = response
  return { status, statusText, headers: response.headers, text: async () => text }
}

/** Futures with an end, options and inverse contracts have long lists, and nothing here is about them. */
function listOnly(client: ConfigurableClient, marketType: MarketType | undefined): void {
  const wanted = {
    spot: ['spot'],
    swap: ['swap', 'linear'],
    all: ['spot', 'swap', 'linear'],
  }[marketType ?? 'all']
  const choice = client.options.fetchMarkets
  // exchanges with one list, or with other names for them, have no such option
  if (choice === undefined || !Array.isArray(choice.types)) return
  const types = choice.types.filter(type => wanted.includes(type))
  if (types.length > 0) choice.types = types
}

function replaceUrl(tree: UrlTree, [name, ...rest]: string[], url: string): void {
  const branch = tree[name]
  if (typeof branch !== 'object') tree[name] = url
  else
    for (const key of rest.length > 0 ? [rest] : Object.keys(branch).map(leaf => [leaf])) replaceUrl(branch, key, url)
}
