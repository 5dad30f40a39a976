import type { CcxtClient } from './ccxt-client.ts'
import { RequestFailure } from './request-failure.ts'

/** What a client's traffic says that ccxt keeps to itself. */
export interface ClientGuard {
  /** How long the exchange still asks not to be asked, ms. */
  pauseMs(): number
}

/** Statuses that Retry-After comes with. */
const PAUSING = [418, 429, 503]
/** ccxt counts these as "not available now", but no repetition changes them. */
const PERMANENT = [400, 401, 404, 405, 410, 422, 451]

export interface GuardOptions {
  /** Limit for each request as a whole, ms. */
  readonly timeoutMs: number
  /**
   * The client is the caller's, who may trade with it: only GET is guarded then, so that no order which was placed looks
   * like one that failed.
   */
  readonly isShared: boolean
}

const guards = new WeakMap<CcxtClient, ClientGuard & { timeoutMs: number }>()

/**
 * Hooks into a client's HTTP layer where ccxt is too trusting for data that are kept for good:
 * - its time limit ends when the headers are there: a body that stalls would be waited for without end;
 * - it drops Retry-After;
 * - a body that is cut short reaches its parsers as a string, of which they make rows;
 * - statuses that it does not know are successes, and a request that is wrong is one to repeat;
 * - a gateway's page of HTML in the exchange's place is a refusal of Bitfinex.
 */
export function guardClient(client: CcxtClient, { timeoutMs, isShared }: GuardOptions): ClientGuard {
  const known = guards.get(client)
  if (known !== undefined) return Object.assign(known, { timeoutMs })
  let resumeAtMs = Number.NEGATIVE_INFINITY
  const guard = { timeoutMs, pauseMs: () => Math.max(0, resumeAtMs - performance.now()) }
  guards.set(client, guard)
  const isGuarded = (method = 'GET'): boolean => method === 'GET' || !isShared

  const fetchFrom = client.fetch.bind(client)
  client.fetch = async (url, method, headers, body) => {
    if (!isGuarded(method)) return fetchFrom(url, method, headers, body)
    const limitMs = guard.timeoutMs
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      const fail = (): void =>
        reject(new RequestFailure('unreachable', `no whole answer from ${withoutQuery(url)} within ${limitMs} ms`))
      timer = setTimeout(fail, limitMs)
    })
    try {
      return await Promise.race([fetchFrom(url, method, headers, body), late])
    } catch (error) {
      throw isBodyCut(error) ? new RequestFailure('unreachable', `the connection broke: ${error.message}`) : error
    } finally {
      clearTimeout(timer)
    }
  }

  const takeAnswer = client.onRestResponse.bind(client)
  client.onRestResponse = (status, statusText, url, method, headers, body, ...request) => {
    if (PAUSING.includes(status)) {
      resumeAtMs = Math.max(resumeAtMs, performance.now() + readRetryAfter(headers))
    }
    if (isGuarded(method) && status >= 200 && status < 300) checkWhole(url, headers, body)
    if (isGuarded(method) && status >= 500 && !isJson(body)) {
      throw new RequestFailure('unreachable', `${status} ${statusText} from ${withoutQuery(url)}`.replace('  ', ' '))
    }
    return takeAnswer(status, statusText, url, method, headers, body, ...request)
  }

  const judgeStatus = client.handleHttpStatusCode.bind(client)
  client.handleHttpStatusCode = (status, statusText, url, method, body) => {
    if (!isGuarded(method)) return judgeStatus(status, statusText, url, method, body)
    const text = `${status} ${statusText} from ${withoutQuery(url)}`.replace('  ', ' ')
    if (PERMANENT.includes(status)) {
      throw new RequestFailure(status === 401 ? 'unauthorised' : 'refused', `${text}: ${body.slice(0, 100)}`)
    }
    judgeStatus(status, statusText, url, method, body)
    if (status >= 300) throw new RequestFailure(status >= 500 ? 'unreachable' : 'refused', text)
  }

  return guard
}

const withoutQuery = (url: string): string => url.split('?')[0]

/** ccxt wraps what breaks before the body; what breaks within it comes as the platform says it. */
const isBodyCut = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.message === 'terminated' || error.name === 'AbortError' || typeof Reflect.get(error, 'code') === 'string')

/**
 * Milliseconds to wait; 0 where the exchange does not say.
 * @see RFC 9110, section 10.2.3: seconds, or a date, which is compared with the exchange's own Date
 */
export function readRetryAfter(headers: Readonly<Record<string, string>>): number {
  const header = (name: string): string | undefined =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  const text = header('retry-after')
  if (text === undefined) return 0
  if (Number.isFinite(Number(text))) return Math.max(0, Number(text) * 1000)
  const sentAtMs = Date.parse(header('date') ?? '')
  const waitMs = Date.parse(text) - (Number.isNaN(sentAtMs) ? Date.now() : sentAtMs)
  return Number.isNaN(waitMs) ? 0 : Math.max(0, waitMs)
}

/** Every answer that is asked for here is JSON, whatever its content type says: a login page of a hotel is none. */
function checkWhole(url: string, headers: Readonly<Record<string, string>>, body: string): void {
  if (isJson(body)) return
  const type = headers['Content-Type'] ?? 'no content type'
  const start = body.slice(0, 40).replace(/\s+/g, ' ')
  throw new RequestFailure(
    'badAnswer',
    `${withoutQuery(url)} answered with ${body.length} characters (${type}) that are not whole JSON: ${start}…`,
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
