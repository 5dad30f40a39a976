import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askForCandles } from '../../../../../sdk/source/exchange/ask-for-candles.ts'
import type { CcxtClient, CcxtRow } from '../../../../../sdk/source/exchange/ccxt-client.ts'
import type { ExchangeSession } from '../../../../../sdk/source/exchange/exchange-session.ts'
import { HOUR_MS } from '../../../../../sdk/units.ts'

const HOURS = 40
const market = { symbol: 'BTC/USDT', timeframe: '1h' } as const
const window = { fromMs: 0, toMs: HOURS * HOUR_MS }
const rowOf = (hour: number): CcxtRow => [hour * HOUR_MS, 1, 2, 1, 2, hour]

/** How an exchange pages. */
interface Paging {
  /** Rows that it gives at most, whatever is asked for. */
  readonly limit: number
  readonly keeps: 'oldest' | 'newest'
  /** Whether it heeds the end that is asked for. */
  readonly heedsUntil: boolean
}

/** An exchange that has the candles of these hours. It leaves out a row where `hides` says so, twice in a row at most. */
function flaky(hours: readonly number[], { limit, keeps, heedsUntil }: Paging, hides: () => boolean) {
  const hidden = new Map<number, number>()
  const asked: number[] = []
  const fetchOHLCV: CcxtClient['fetchOHLCV'] = async (_symbol, _timeframe, since = 0, count = 0, params = {}) => {
    asked.push(count)
    const end = heedsUntil ? Number(params.until) : Number.POSITIVE_INFINITY
    const within = hours.filter(hour => hour * HOUR_MS >= since && hour * HOUR_MS <= end)
    const most = Math.min(limit, count)
    const page = keeps === 'oldest' ? within.slice(0, most) : within.slice(-most)
    const given = page.filter(hour => {
      const times = (hidden.get(hour) ?? 0) + 1
      const isHidden = times <= 2 && hides()
      hidden.set(hour, isHidden ? times : 0)
      return !isHidden
    })
    return given.map(rowOf)
  }
  const session = {
    client: { fetchOHLCV },
    ask: (_: string, request: () => Promise<unknown>) => request(),
    waitToRepeat: async () => {},
  } as unknown as ExchangeSession
  return { session, asked }
}

const hoursOf = async (session: ExchangeSession): Promise<number[]> =>
  (await askForCandles(session, market, window, undefined)).candles.map(c => c.openTimeMs / HOUR_MS)

const someHours = fc.uniqueArray(fc.integer({ min: 0, max: HOURS + 20 })).map(hours => hours.toSorted((a, b) => a - b))
const inWindow = (hours: readonly number[]): number[] => hours.filter(hour => hour < HOURS)

describe('askForCandles', () => {
  it.each([
    { keeps: 'oldest', heedsUntil: true },
    { keeps: 'newest', heedsUntil: true },
    { keeps: 'oldest', heedsUntil: false },
  ] as const)(
    'gives exactly the candles of an exchange, whatever it leaves out at first and however few it gives at a time: %o',
    async paging => {
      await fc.assert(
        fc.asyncProperty(
          someHours,
          fc.integer({ min: 1, max: HOURS }),
          fc.infiniteStream(fc.boolean()),
          async (hours, limit, coins) => {
            const { session, asked } = flaky(hours, { ...paging, limit }, () => coins.next().value)
            const { candles, unconfirmed } = await askForCandles(session, market, window, undefined)
            expect(candles.map(c => c.openTimeMs / HOUR_MS)).toEqual(inWindow(hours))
            if (paging.heedsUntil) expect(unconfirmed).toEqual([])
            for (const { openTimeMs } of candles)
              expect(unconfirmed.some(({ fromMs, toMs }) => openTimeMs >= fromMs && openTimeMs < toMs)).toBe(false)
            expect(Math.max(...asked)).toBeLessThanOrEqual(HOURS)
          },
        ),
        { numRuns: 300 },
      )
    },
  )

  const all = Array.from({ length: HOURS }, (_, hour) => hour)
  it.each([
    ['once where nothing is missing', all, 1],
    ['twice more about gaps between candles, together', all.filter(hour => hour !== 5 && hour !== 30), 3],
    ['three times about a window that is empty', [], 3],
    ['three times more about the time before the first candle', all.slice(10), 4],
    ['three times more about the time after the last candle', all.slice(0, 30), 4],
  ])('asks %s', async (_, hours, expected) => {
    const { session, asked } = flaky(hours, { limit: HOURS, keeps: 'oldest', heedsUntil: true }, () => false)
    expect(await hoursOf(session)).toEqual(hours)
    expect(asked).toHaveLength(expected)
  })

  it('knows nothing of the time before the newest candles where an exchange gives those only, and says what comes next', async () => {
    const fetchOHLCV: CcxtClient['fetchOHLCV'] = async () => [30, 31, 32, 50].map(rowOf)
    const { session } = flaky([], { limit: 1, keeps: 'oldest', heedsUntil: true }, () => false)
    const keeping = { ...session, client: { fetchOHLCV } as unknown as CcxtClient }
    const early = { fromMs: 0, toMs: 20 * HOUR_MS }
    expect(await askForCandles(keeping, market, early, undefined)).toEqual({
      candles: [],
      unconfirmed: [early],
      nextMs: 30 * HOUR_MS,
    })
    const { candles, unconfirmed } = await askForCandles(keeping, market, window, undefined)
    expect(candles.map(c => c.openTimeMs / HOUR_MS)).toEqual([30, 31, 32])
    // rows on both sides of the time after them tell that there is none
    expect(unconfirmed).toEqual([{ fromMs: 0, toMs: 30 * HOUR_MS }])
  })

  it('gets past an exchange that repeats rows until the page is full', async () => {
    const hours = all.filter(hour => hour % 7 !== 0)
    const fetchOHLCV: CcxtClient['fetchOHLCV'] = async (_symbol, _timeframe, since = 0, count = 0, params = {}) => {
      const within = hours.filter(hour => hour * HOUR_MS >= since && hour * HOUR_MS <= Number(params.until))
      const twice = within.flatMap(hour => [hour, hour])
      return twice.slice(0, count).map(rowOf)
    }
    const { session } = flaky([], { limit: 1, keeps: 'oldest', heedsUntil: true }, () => false)
    expect(await hoursOf({ ...session, client: { fetchOHLCV } as unknown as CcxtClient })).toEqual(hours)
  })
})
