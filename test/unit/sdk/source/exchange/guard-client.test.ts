import { describe, expect, it } from 'vitest'
import { readRetryAfter } from '../../../../../sdk/source/exchange/guard-client.ts'

describe('readRetryAfter', () => {
  it('reads seconds, whole or not, whatever the case of the header', () => {
    expect(readRetryAfter({ 'Retry-After': '30' })).toBe(30_000)
    expect(readRetryAfter({ 'retry-after': '0.25' })).toBe(250)
    expect(readRetryAfter({ 'Retry-After': '0' })).toBe(0)
  })

  it("reads a date by the exchange's own clock", () => {
    const headers = { Date: 'Sat, 29 Jun 2024 23:59:30 GMT', 'Retry-After': 'Sun, 30 Jun 2024 00:01:00 GMT' }
    expect(readRetryAfter(headers)).toBe(90_000)
  })

  it('is 0 where the exchange does not say, says what cannot be read, or names a time that is over', () => {
    expect(readRetryAfter({})).toBe(0)
    expect(readRetryAfter({ 'Retry-After': 'soon' })).toBe(0)
    expect(readRetryAfter({ 'Retry-After': '-5' })).toBe(0)
    expect(
      readRetryAfter({ Date: 'Sun, 30 Jun 2024 00:01:00 GMT', 'Retry-After': 'Sat, 29 Jun 2024 00:00:00 GMT' }),
    ).toBe(0)
  })
})
