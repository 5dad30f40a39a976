import type { Series } from '../graph/graph.ts'
import { squared } from './arithmetic.ts'
import { rollingMean } from './decaying-mean.ts'
import { eachRow } from './each-row.ts'

/**
 * Sample standard deviation of the last `window` values, from means of x and x²: for series whose mean is not large
 * beside their deviation, as everything relative is.
 */
export function rollingDeviation(x: Series, window: number): Series {
  const mean = rollingMean(x, window)
  const meanSquare = rollingMean(squared(x), window)
  return eachRow(`deviationOf ${window}`, [mean, meanSquare], (out, [m, s], count) => {
    const unbiased = window / (window - 1)
    for (let i = 0; i < count; i++) {
      const variance = s[i] - m[i] * m[i]
      out[i] = Math.sqrt((variance < 0 ? 0 : variance) * unbiased)
    }
  })
}
