import { describe, expect, it } from 'vitest'
import { Graph } from '../../../../sdk/feature/graph/graph.ts'
import { minus, scaled } from '../../../../sdk/feature/op/arithmetic.ts'
import { exponentialMean, rollingMean } from '../../../../sdk/feature/op/decaying-mean.ts'
import { lag } from '../../../../sdk/feature/op/lag.ts'

const closeOf = (graph: Graph, symbol: string) => graph.source(graph.axisOf(symbol), 'close')

describe('a graph of series', () => {
  it('has one node for a series however often it is asked for', () => {
    const graph = new Graph()
    const make = () => minus(rollingMean(closeOf(graph, 'A/B'), 24), lag(closeOf(graph, 'A/B'), 3))
    const first = make()
    const size = graph.nodes.length
    expect(make()).toBe(first)
    expect(graph.nodes.length).toBe(size)
    expect(graph.sources.length).toBe(1)
  })

  it('tells series apart by operation, constants, inputs, their order and the symbol', () => {
    const graph = new Graph()
    const [a, b] = [closeOf(graph, 'A/B'), graph.source(graph.axisOf('A/B'), 'open')]
    const all = [
      minus(a, b),
      minus(b, a),
      scaled(a, 2),
      scaled(a, 3),
      scaled(b, 2),
      rollingMean(a, 24),
      rollingMean(a, 24, { minValues: 3 }),
      rollingMean(a, 25),
      exponentialMean(a, 24),
      rollingMean(closeOf(graph, 'C/D'), 24),
    ]
    expect(new Set(all.map(series => series.id)).size).toBe(all.length)
  })

  it('adds up what its series need: rows before a first value, and rows that are remembered', () => {
    const graph = new Graph()
    const close = closeOf(graph, 'A/B')
    const mean = rollingMean(lag(close, 3), 24)
    expect([mean.warmupRows, mean.memoryRows]).toEqual([3 + 23, 3 + 23])
    const early = rollingMean(lag(close, 3), 24, { minValues: 10 })
    expect([early.warmupRows, early.memoryRows]).toEqual([3 + 9, 3 + 23])
    const both = minus(mean, exponentialMean(close, 10))
    expect([both.warmupRows, both.memoryRows]).toEqual([26, 319])
    expect(both.exactMemory).toBe(true)
  })

  it('takes a mean of one value for the value', () => {
    const close = closeOf(new Graph(), 'A/B')
    expect(rollingMean(close, 1)).toBe(close)
  })
})
