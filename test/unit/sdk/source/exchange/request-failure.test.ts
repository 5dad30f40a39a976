import { errors } from 'ccxt'
import { describe, expect, it } from 'vitest'
import { failureKind, isPassing, oneLine, RequestFailure } from '../../../../../sdk/source/exchange/request-failure.ts'

type ErrorClass = new (message: string) => Error
const classes = Object.entries(errors as unknown as Record<string, unknown>).filter(
  (entry): entry is [string, ErrorClass] => typeof entry[1] === 'function',
)
const isA = (error: Error, name: string): boolean => {
  const Class = (errors as unknown as Record<string, ErrorClass>)[name]
  return error instanceof Class
}
/** A request with a wrong time, or one of an account, is as wrong the next time. */
const PERMANENT_OPERATIONS = ['InvalidNonce', 'CancelPending', 'UnsubscribeError']
/** Errors of orders, accounts and addresses; nothing here asks about any. */
const OF_ACCOUNTS =
  /Order|Funds|Address|Account|Margin|Unsubscribe|CancelPending|ClosedByUser|ContractUnavailable|NoChange|ManualInteraction/

describe('failureKind', () => {
  it('knows the errors of ccxt', () => {
    expect(classes.length).toBeGreaterThan(30)
  })

  it.each(classes.filter(([name]) => name !== 'BaseError' && !OF_ACCOUNTS.test(name)))(
    'repeats a request that failed with %s if, and only if, ccxt counts it as a failed operation',
    (name, Class) => {
      const error = new Class('binance says no')
      const isOperation = isA(error, 'OperationFailed') && !PERMANENT_OPERATIONS.includes(name)
      expect(isPassing(failureKind(error))).toBe(isOperation)
    },
  )

  it.each([
    ['RateLimitExceeded', 'rateLimited'],
    ['DDoSProtection', 'rateLimited'],
    ['RequestTimeout', 'unreachable'],
    ['OnMaintenance', 'unreachable'],
    ['BadSymbol', 'unknownSymbol'],
    ['AuthenticationError', 'unauthorised'],
    ['PermissionDenied', 'unauthorised'],
    ['NotSupported', 'notOffered'],
    ['ArgumentsRequired', 'refused'],
  ])('takes %s for %s', (name, kind) => {
    const Class = (errors as unknown as Record<string, ErrorClass>)[name]
    expect(failureKind(new Class('no'))).toBe(kind)
  })

  it('takes an error that ccxt does not tell apart by its text', () => {
    const { ExchangeError } = errors as unknown as Record<string, ErrorClass>
    expect(failureKind(new ExchangeError('bitfinex {"error":"ERR_RATE_LIMIT"}'))).toBe('rateLimited')
    expect(failureKind(new ExchangeError('bybit {"retCode":10016,"retMsg":"Internal System Error."}'))).toBe(
      'unreachable',
    )
    expect(failureKind(new ExchangeError('bybit {"retCode":10029,"retMsg":"symbol is not whitelisted"}'))).toBe(
      'refused',
    )
  })

  it('takes what a parser throws, or anything else, for an answer that is not right', () => {
    expect(failureKind(new TypeError("Cannot read properties of undefined (reading 'list')"))).toBe('badAnswer')
    expect(failureKind(undefined)).toBe('badAnswer')
    expect(failureKind(new RequestFailure('refused', '451'))).toBe('refused')
  })
})

describe('oneLine', () => {
  it('makes a clause of a message: one line, no full stop, at most 200 characters', () => {
    expect(oneLine(new Error('No\n  such   thing.'))).toBe('No such thing')
    expect(oneLine('x'.repeat(300))).toBe(`${'x'.repeat(199)}…`)
  })
})
