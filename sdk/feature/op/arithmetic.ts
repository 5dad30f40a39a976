import { ln } from '../../portable-math.ts'
import type { Series } from '../graph/graph.ts'
import { eachRow } from './each-row.ts'

export const plus = (a: Series, b: Series): Series =>
  eachRow('plus', [a, b], (out, [x, y], count) => {
    for (let i = 0; i < count; i++) out[i] = x[i] + y[i]
  })

export const minus = (a: Series, b: Series): Series =>
  eachRow('minus', [a, b], (out, [x, y], count) => {
    for (let i = 0; i < count; i++) out[i] = x[i] - y[i]
  })

export const times = (a: Series, b: Series): Series =>
  eachRow('times', [a, b], (out, [x, y], count) => {
    for (let i = 0; i < count; i++) out[i] = x[i] * y[i]
  })

/** NaN, no value, where b is 0. */
export const over = (a: Series, b: Series): Series =>
  eachRow('over', [a, b], (out, [x, y], count) => {
    for (let i = 0; i < count; i++) out[i] = y[i] === 0 ? Number.NaN : x[i] / y[i]
  })

export const scaled = (x: Series, factor: number): Series =>
  eachRow(`scaled ${factor}`, [x], (out, [values], count) => {
    for (let i = 0; i < count; i++) out[i] = values[i] * factor
  })

export const squared = (x: Series): Series =>
  eachRow('squared', [x], (out, [values], count) => {
    for (let i = 0; i < count; i++) out[i] = values[i] * values[i]
  })

export const absolute = (x: Series): Series =>
  eachRow('absolute', [x], (out, [values], count) => {
    for (let i = 0; i < count; i++) out[i] = Math.abs(values[i])
  })

export const clipped = (x: Series, low: number, high: number): Series =>
  eachRow(`clipped ${low} ${high}`, [x], (out, [values], count) => {
    for (let i = 0; i < count; i++) out[i] = Math.min(Math.max(values[i], low), high)
  })

/** `ln max(x, floor)` */
export const logOf = (x: Series, floor = 0): Series =>
  eachRow(`logOf ${floor}`, [x], (out, [values], count) => {
    for (let i = 0; i < count; i++) out[i] = ln(Math.max(values[i], floor))
  })

/** `ln(1 + x)` */
export const logOnePlus = (x: Series): Series =>
  eachRow('logOnePlus', [x], (out, [values], count) => {
    for (let i = 0; i < count; i++) out[i] = ln(1 + values[i])
  })

/** `ln(a / b)` */
export const logRatioOf = (a: Series, b: Series): Series =>
  eachRow('logRatioOf', [a, b], (out, [x, y], count) => {
    for (let i = 0; i < count; i++) out[i] = ln(x[i] / y[i])
  })
