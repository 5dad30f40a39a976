import { describe, expect, it } from 'vitest'
import { parseTime, type TimeUnit, whyNoTime } from '../../../../../trainer/data/import/parse-time.ts'

const parse = (text: string, unit: TimeUnit): number => {
  const bytes = Buffer.from(text)
  return parseTime(bytes, 0, bytes.length, unit)
}

describe('parseTime', () => {
  it.each<[string, TimeUnit, number]>([
    ['1704067200000', 'ms', Date.UTC(2024, 0, 1)],
    ['1598918403810979', 'us', 1598918403810],
    ['1735689600000000', 'msOrUs', Date.UTC(2025, 0, 1)],
    ['1735689600000', 'msOrUs', Date.UTC(2025, 0, 1)],
    ['2019-01-01T00:00:02.0810000Z', 'utc', Date.UTC(2019, 0, 1, 0, 0, 2, 81)],
    ['2025-02-14T13:30:03.5851480', 'utc', Date.UTC(2025, 1, 14, 13, 30, 3, 585)],
    ['2024-02-29 23:05:00', 'utc', Date.UTC(2024, 1, 29, 23, 5)],
    ['2024-02-29', 'utc', Date.UTC(2024, 1, 29)],
  ])('reads %s in %s', (text, unit, timeMs) => expect(parse(text, unit)).toBe(timeMs))

  it.each<[string, TimeUnit]>([
    ['1704067200', 'ms'],
    ['1704067200000000', 'ms'],
    ['1704067200000', 'us'],
    ['1704067200000.5', 'ms'],
    ['', 'ms'],
    ['2023-02-29T00:00:00Z', 'utc'],
    ['2024-01-01T24:00:00Z', 'utc'],
    ['2024-01-01T00:00:00+02:00', 'utc'],
    ['12:00:00.0000000', 'utc'],
  ])('refuses %j in %s', (text, unit) => expect(parse(text, unit)).toBeNaN())

  it('says which unit a number looks like', () => {
    expect(whyNoTime('1704067200', 'ms')).toContain('looks like seconds')
    expect(whyNoTime('1704067200000000', 'ms')).toContain('looks like microseconds')
    expect(whyNoTime('1704067200000', 'us')).toContain('looks like milliseconds')
    expect(whyNoTime('1704067200000000000', 'msOrUs')).toContain('looks like nanoseconds')
    expect(whyNoTime('soon', 'ms')).not.toContain('looks like')
  })
})
