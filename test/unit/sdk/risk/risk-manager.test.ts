import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RiskError } from '../../../../sdk/errors.ts'
import type { AccountState, MarketState, OrderSuggestion, RiskLimits } from '../../../../sdk/risk/risk.ts'
import { RiskManager } from '../../../../sdk/risk/risk-manager.ts'

const buy = (quantityBase: number): OrderSuggestion => ({ symbol: 'BTC/USDT', side: 'buy', quantityBase })
const sell = (quantityBase: number): OrderSuggestion => ({ symbol: 'BTC/USDT', side: 'sell', quantityBase })
const account = (positionBase = 0, equityQuote = 1000, peakEquityQuote = 1000): AccountState => ({
  positionBase,
  equityQuote,
  peakEquityQuote,
})
const market: MarketState = { price: 100, dataTimeMs: 10_000, nowMs: 11_000 }

function codes(limits: RiskLimits, order: OrderSuggestion, a = account(), m = market): string[] {
  const verdict = new RiskManager(limits).check(order, a, m)
  return verdict.kind === 'allowed' ? [] : verdict.denials.map(d => d.code)
}

describe('limits', () => {
  it('are refused at construction when they make no sense, quoting name and value', () => {
    const bad: [RiskLimits, string][] = [
      [{ maxPositionBase: -1 }, 'maxPositionBase is -1'],
      [{ maxNotionalQuote: Number.NaN }, 'maxNotionalQuote is NaN'],
      [{ maxNotionalQuote: Infinity }, 'maxNotionalQuote is Infinity'],
      [{ maxDrawdownFraction: 0 }, 'maxDrawdownFraction is 0'],
      [{ maxDrawdownFraction: 20 }, 'maxDrawdownFraction is 20'],
      [{ maxDataAgeMs: 0 }, 'maxDataAgeMs is 0'],
      [JSON.parse('{"maxPositionBase":"5"}'), 'maxPositionBase is 5'],
      [JSON.parse('{"maxPositionBase":null}'), 'maxPositionBase is null'],
    ]
    for (const [limits, message] of bad) {
      expect(() => new RiskManager(limits)).toThrow(RiskError)
      expect(() => new RiskManager(limits)).toThrow(message)
    }
  })

  it('that are misspelt are refused rather than ignored', () => {
    expect(() => new RiskManager(JSON.parse('{"maxPostionBase":5}'))).toThrow("no risk limit 'maxPostionBase'")
    expect(() => new RiskManager(JSON.parse('{"toString":5}'))).toThrow("no risk limit 'toString'")
  })

  it('cannot be changed afterwards, neither through the manager nor through the object it was given', () => {
    const limits = { maxPositionBase: 1 }
    const manager = new RiskManager(limits)
    limits.maxPositionBase = 100
    expect(manager.check(buy(2), account(), market).kind).toBe('denied')
    expect(Object.isFrozen(manager.limits)).toBe(true)
  })
})

describe('check', () => {
  it('allows what is within every limit and hands the order back', () => {
    const order = buy(5)
    const limits = { maxPositionBase: 5, maxNotionalQuote: 500, maxDrawdownFraction: 0.2, maxDataAgeMs: 1000 }
    expect(new RiskManager(limits).check(order, account(), market)).toEqual({ kind: 'allowed', order })
  })

  it('judges the position after the order', () => {
    expect(codes({ maxPositionBase: 5 }, buy(3), account(3))).toEqual(['POSITION_LIMIT'])
    expect(codes({ maxPositionBase: 5 }, sell(3), account(-3))).toEqual(['POSITION_LIMIT'])
    expect(codes({ maxNotionalQuote: 500 }, buy(3), account(3))).toEqual(['NOTIONAL_LIMIT'])
  })

  it('says the limit, its value, the value and a clause for people', () => {
    const verdict = new RiskManager({ maxPositionBase: 5 }).check(buy(6), account(), market)
    expect(verdict).toMatchObject({
      kind: 'denied',
      denials: [
        {
          code: 'POSITION_LIMIT',
          limit: 'maxPositionBase',
          limitValue: 5,
          value: 6,
          text: 'the position would be 6 in base currency, at most ±5 is allowed',
        },
      ],
    })
  })

  it('gives every violated limit at once', () => {
    const limits = { maxPositionBase: 1, maxNotionalQuote: 100, maxDrawdownFraction: 0.1, maxDataAgeMs: 500 }
    expect(codes(limits, buy(2), account(0, 900, 1000))).toEqual([
      'STALE_DATA',
      'POSITION_LIMIT',
      'NOTIONAL_LIMIT',
      'DRAWDOWN_LIMIT',
    ])
  })

  it('denies more exposure from the drawdown limit on, exactly at it included', () => {
    expect(codes({ maxDrawdownFraction: 0.25 }, buy(1), account(1, 750, 1000))).toEqual(['DRAWDOWN_LIMIT'])
    expect(codes({ maxDrawdownFraction: 0.25 }, buy(1), account(1, 751, 1000))).toEqual([])
    expect(codes({ maxDrawdownFraction: 1 }, buy(1), account(1, -5, 1000))).toEqual(['DRAWDOWN_LIMIT'])
  })

  it('keeps the way out open: reducing passes position, notional and drawdown limits', () => {
    const limits = { maxPositionBase: 1, maxNotionalQuote: 100, maxDrawdownFraction: 0.1 }
    expect(codes(limits, sell(1), account(10, 500, 1000))).toEqual([])
    expect(codes(limits, sell(10), account(10, 500, 1000))).toEqual([])
    expect(codes(limits, buy(3), account(-10, 500, 1000))).toEqual([])
  })

  it('counts a flip through zero as new exposure, even into a smaller position', () => {
    expect(codes({ maxDrawdownFraction: 0.1 }, sell(11), account(10, 500, 1000))).toEqual(['DRAWDOWN_LIMIT'])
    expect(codes({ maxPositionBase: 2 }, sell(11), account(10))).toEqual([])
    expect(codes({ maxPositionBase: 2 }, sell(13), account(10))).toEqual(['POSITION_LIMIT'])
  })

  it('denies every order on stale data, one that reduces included', () => {
    expect(codes({ maxDataAgeMs: 999 }, buy(1))).toEqual(['STALE_DATA'])
    expect(codes({ maxDataAgeMs: 999 }, sell(1), account(10))).toEqual(['STALE_DATA'])
    expect(codes({ maxDataAgeMs: 1000 }, buy(1))).toEqual([])
  })

  it('denies a price from the future by more than the same tolerance: seconds taken for milliseconds', () => {
    const seconds = { price: 100, dataTimeMs: 1_700_000_000_000, nowMs: 1_700_000_000 }
    expect(codes({ maxDataAgeMs: 60_000 }, buy(1), account(), seconds)).toEqual(['INVALID_MARKET'])
    const skewed = { price: 100, dataTimeMs: 11_500, nowMs: 11_000 }
    expect(codes({ maxDataAgeMs: 1000 }, buy(1), account(), skewed)).toEqual([])
  })

  it('denies what is not sensible even without limits, naming the field', () => {
    const side = { ...buy(1), side: JSON.parse('"hold"') }
    const cases: [OrderSuggestion, AccountState, MarketState, string, string][] = [
      [buy(0), account(), market, 'INVALID_ORDER', 'quantityBase'],
      [buy(-1), account(), market, 'INVALID_ORDER', 'quantityBase'],
      [buy(Number.NaN), account(), market, 'INVALID_ORDER', 'quantityBase'],
      [buy(Infinity), account(), market, 'INVALID_ORDER', 'quantityBase'],
      [side, account(), market, 'INVALID_ORDER', 'side'],
      [buy(1), account(Number.NaN), market, 'INVALID_ACCOUNT', 'positionBase'],
      [buy(1), account(0, Number.NaN), market, 'INVALID_ACCOUNT', 'equityQuote'],
      [buy(1), account(0, 1000, 0), market, 'INVALID_ACCOUNT', 'peakEquityQuote'],
      [buy(1), account(), { ...market, price: 0 }, 'INVALID_MARKET', 'price'],
      [buy(1), account(), { ...market, nowMs: Number.NaN }, 'INVALID_MARKET', 'nowMs'],
      [buy(1e308), account(1e308), market, 'INVALID_ORDER', 'quantityBase'],
    ]
    for (const [order, a, m, code, field] of cases) {
      const verdict = new RiskManager({}).check(order, a, m)
      expect(verdict).toMatchObject({ kind: 'denied', denials: [{ code, limit: field, limitValue: null }] })
    }
  })
})

describe('no suggestion passes a limit', () => {
  const anyNumber = fc.oneof(
    fc.double(),
    fc.double({ min: -100, max: 100 }),
    fc.constantFrom(
      Number.NaN,
      Infinity,
      -Infinity,
      0,
      -0,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Number.MIN_VALUE,
      1e308,
    ),
  )
  const anyOrder = fc.record({ symbol: fc.string(), side: fc.constantFrom('buy', 'sell'), quantityBase: anyNumber })
  const anyAccount = fc.record({ positionBase: anyNumber, equityQuote: anyNumber, peakEquityQuote: anyNumber })
  const anyMarket = fc.record({ price: anyNumber, dataTimeMs: anyNumber, nowMs: anyNumber })
  const anyLimits = fc.record(
    {
      maxPositionBase: fc.double({ min: 0, max: 1e6, noNaN: true }),
      maxNotionalQuote: fc.double({ min: 0, max: 1e9, noNaN: true }),
      maxDrawdownFraction: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      maxDataAgeMs: fc.double({ min: 1, max: 1e9, noNaN: true }),
    },
    { requiredKeys: [] },
  )

  it('whatever the order, the account, the market and the limits: allowed means finite and either smaller or within', () => {
    fc.assert(
      fc.property(anyLimits, anyOrder, anyAccount, anyMarket, (limits, order, a, m) => {
        const verdict = new RiskManager(limits).check(order as OrderSuggestion, a, m)
        if (verdict.kind === 'denied') {
          expect(verdict.denials.length).toBeGreaterThan(0)
          return
        }
        const after = order.side === 'buy' ? a.positionBase + order.quantityBase : a.positionBase - order.quantityBase
        for (const value of [order.quantityBase, after, after * m.price, a.equityQuote, m.nowMs, m.dataTimeMs]) {
          expect(Number.isFinite(value)).toBe(true)
        }
        expect(order.quantityBase).toBeGreaterThan(0)
        expect(Math.abs(m.nowMs - m.dataTimeMs)).toBeLessThanOrEqual(limits.maxDataAgeMs ?? Infinity)
        const sameSide = Math.sign(after) === Math.sign(a.positionBase) || after === 0
        if (sameSide && Math.abs(after) < Math.abs(a.positionBase)) return
        expect(Math.abs(after)).toBeLessThanOrEqual(limits.maxPositionBase ?? Infinity)
        expect(Math.abs(after * m.price)).toBeLessThanOrEqual(limits.maxNotionalQuote ?? Infinity)
        expect(a.peakEquityQuote).toBeGreaterThan(0)
        // without a limit the drawdown itself may overflow
        if (limits.maxDrawdownFraction === undefined) return
        expect((a.peakEquityQuote - a.equityQuote) / a.peakEquityQuote).toBeLessThan(limits.maxDrawdownFraction)
      }),
      { numRuns: 3000 },
    )
  })

  it('crossing to the other side is no reduction, however tiny the position', () => {
    const crossing = new RiskManager({ maxDrawdownFraction: 0.1 }).check(
      buy(2e-323),
      { positionBase: -1.5e-323, equityQuote: 0, peakEquityQuote: 1 },
      market,
    )
    expect(crossing.kind).toBe('denied')
  })

  it('closing the whole position is always allowed on fresh, sensible data', () => {
    const position = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter(p => p !== 0)
    fc.assert(
      fc.property(
        anyLimits,
        position,
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (limits, positionBase, equity) => {
          const order = positionBase > 0 ? sell(positionBase) : buy(-positionBase)
          const verdict = new RiskManager(limits).check(order, account(positionBase, equity, 1e6), {
            ...market,
            nowMs: 10_000,
          })
          expect(verdict.kind).toBe('allowed')
        },
      ),
    )
  })
})
