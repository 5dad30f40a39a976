import type { Series } from '../graph/graph.ts'
import { eachRow } from './each-row.ts'

/** Mean over the series that have a value in the row. */
export const crossMean = (inputs: readonly Series[]): Series =>
  eachRow('crossMean', inputs, (out, columns, count) => {
    for (let i = 0; i < count; i++) out[i] = meanAt(columns, i)
  })

/** Mean absolute value over the series that have one in the row. */
export const crossMeanAbsolute = (inputs: readonly Series[]): Series =>
  eachRow('crossMeanAbsolute', inputs, (out, columns, count) => {
    for (let i = 0; i < count; i++) {
      let sum = 0
      let present = 0
      for (let s = 0; s < columns.length; s++) {
        const value = columns[s][i]
        if (Number.isNaN(value)) continue
        sum += Math.abs(value)
        present++
      }
      out[i] = present === 0 ? Number.NaN : sum / present
    }
  })

/** Sample standard deviation over the series that have a value in the row; 0 where fewer than two do. */
export const crossDeviation = (inputs: readonly Series[]): Series =>
  eachRow('crossDeviation', inputs, (out, columns, count) => {
    for (let i = 0; i < count; i++) {
      const mean = meanAt(columns, i)
      let sum = 0
      let present = 0
      for (let s = 0; s < columns.length; s++) {
        const value = columns[s][i]
        if (Number.isNaN(value)) continue
        sum += (value - mean) * (value - mean)
        present++
      }
      out[i] = present < 2 ? 0 : Math.sqrt(sum / (present - 1))
    }
  })

function meanAt(columns: readonly Float64Array[], row: number): number {
  let sum = 0
  let present = 0
  for (let s = 0; s < columns.length; s++) {
    const value = columns[s][row]
    if (Number.isNaN(value)) continue
    sum += value
    present++
  }
  return present === 0 ? Number.NaN : sum / present
}
