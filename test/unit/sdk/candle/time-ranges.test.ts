import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { subtractRanges, type TimeRange, unionRanges } from '../../../../sdk/candle/time-ranges.ts'

const LAST = 40
const range = fc.record({ fromMs: fc.nat(LAST), toMs: fc.nat(LAST) })
const ranges = fc.array(range, { maxLength: 8 })

const isIn = (timeMs: number, list: readonly TimeRange[]): boolean =>
  list.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs)
const times = Array.from({ length: LAST }, (_, timeMs) => timeMs)
const isNormal = (list: readonly TimeRange[]): boolean =>
  list.every(({ fromMs, toMs }, i) => toMs > fromMs && (i === 0 || fromMs > list[i - 1].toMs))

describe('time ranges', () => {
  it('touching and overlapping ranges are one', () => {
    const touching = [
      { fromMs: 10, toMs: 20 },
      { fromMs: 0, toMs: 10 },
      { fromMs: 15, toMs: 17 },
      { fromMs: 30, toMs: 30 },
    ]
    expect(unionRanges(touching)).toEqual([{ fromMs: 0, toMs: 20 }])
  })

  it('what is left of a range lies before, between and after what is taken', () => {
    const taken = [
      { fromMs: 5, toMs: 8 },
      { fromMs: 2, toMs: 3 },
      { fromMs: 12, toMs: 99 },
    ]
    expect(subtractRanges({ fromMs: 0, toMs: 20 }, taken)).toEqual([
      { fromMs: 0, toMs: 2 },
      { fromMs: 3, toMs: 5 },
      { fromMs: 8, toMs: 12 },
    ])
    expect(subtractRanges({ fromMs: 5, toMs: 8 }, taken)).toEqual([])
  })

  it('a union holds exactly the moments of its ranges, sorted and disjoint', () => {
    fc.assert(
      fc.property(ranges, list => {
        const union = unionRanges(list)
        expect(isNormal(union)).toBe(true)
        expect(times.filter(t => isIn(t, union))).toEqual(times.filter(t => isIn(t, list)))
      }),
    )
  })

  it('a difference holds exactly the moments of the range that nothing takes', () => {
    fc.assert(
      fc.property(range, ranges, (whole, taken) => {
        const left = subtractRanges(whole, taken)
        expect(isNormal(left)).toBe(true)
        expect(times.filter(t => isIn(t, left))).toEqual(times.filter(t => isIn(t, [whole]) && !isIn(t, taken)))
      }),
    )
  })
})
