import { describe, expect, it } from 'vitest'
import {
  formatBps,
  formatDuration,
  formatPercent,
  formatPrice,
  formatQuantity,
  formatSpan,
} from '../../../demo/app/format.ts'

const plain = (text: string) => text.replace(/\u202f/g, ' ')

describe('figures on the page', () => {
  it('quote prices to five significant figures', () => {
    expect([107_135.42, 2_491.237, 154.2345, 0.164531].map(formatPrice)).toEqual([
      '107,135',
      '2,491.2',
      '154.23',
      '0.16453',
    ])
  })

  it('quote sizes to three significant figures', () => {
    expect([0.0093271, 6.4569, 1_234.5].map(formatQuantity)).toEqual(['0.00933', '6.46', '1,235'])
  })

  it('sign returns with a true minus, and give whole basis points unless there is less than one', () => {
    expect([12.4, -12.6, 0.34, 0].map(bps => plain(formatBps(bps)))).toEqual([
      '+12 bps',
      '−13 bps',
      '+0.3 bps',
      '0 bps',
    ])
    expect(plain(formatPercent(-0.0123))).toBe('−1.2 %')
  })

  it('say durations in the unit people use', () => {
    expect([900_000, 21_600_000, 86_400_000, 259_200_000].map(ms => plain(formatDuration(ms)))).toEqual([
      '15 min',
      '6 h',
      '24 h',
      '3 d',
    ])
  })

  it('name a candle by its span', () => {
    expect(formatSpan(Date.UTC(2025, 5, 30, 22), Date.UTC(2025, 5, 30, 23))).toBe('30 Jun 22:00–23:00')
  })
})
