import { describe, expect, it } from 'vitest'
import { findFeature } from '../../../../sdk/feature/registry.ts'

const at = (name: string, time: string): number => {
  const feature = findFeature(name)
  if (feature.kind !== 'known') throw new Error(`${name} is not known in advance`)
  return feature.at(Date.parse(time))
}

describe('the time features', () => {
  it('run through the day in UTC', () => {
    expect(at('hourSin', '2024-03-05T06:00:00Z')).toBeCloseTo(1, 12)
    expect(at('hourCos', '2024-03-05T12:00:00Z')).toBeCloseTo(-1, 12)
    expect(at('hour2Sin', '2024-03-05T03:00:00Z')).toBeCloseTo(1, 12)
    expect(at('hour2Cos', '2024-03-05T06:00:00Z')).toBeCloseTo(-1, 12)
  })

  it('begin the week on Monday', () => {
    expect(at('weekSin', '2024-03-04T00:00:00Z')).toBeCloseTo(0, 12)
    expect(at('weekCos', '2024-03-04T00:00:00Z')).toBeCloseTo(1, 12)
    // Thursday noon is half a week after Monday midnight
    expect(at('weekCos', '2024-03-07T12:00:00Z')).toBeCloseTo(-1, 12)
  })

  it('flag Saturday and Sunday, to the hour', () => {
    expect(at('weekend', '2024-03-08T23:00:00Z')).toBe(0)
    expect(at('weekend', '2024-03-09T00:00:00Z')).toBe(1)
    expect(at('weekend', '2024-03-10T23:00:00Z')).toBe(1)
    expect(at('weekend', '2024-03-11T00:00:00Z')).toBe(0)
  })

  it('flag the hours at which funding is settled', () => {
    const flags = Array.from({ length: 24 }, (_, h) =>
      at('fundingHour', `2024-03-05T${String(h).padStart(2, '0')}:00:00Z`),
    )
    expect(flags.flatMap((flag, hour) => (flag === 1 ? [hour] : []))).toEqual([0, 8, 16])
  })

  it('are right before 1970 too', () => {
    // 1969-12-27 was a Saturday
    expect(at('weekend', '1969-12-27T05:00:00Z')).toBe(1)
    expect(at('hourSin', '1969-12-27T06:00:00Z')).toBeCloseTo(1, 12)
  })
})
