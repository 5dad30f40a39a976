import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../sdk/random.ts'
import {
  binAt,
  type Candidate,
  orderByNews,
  relevanceOf,
  targetsOf,
  thinned,
  turnedRound,
} from '../../../../trainer/search/rank-candidates.ts'
import type { SearchRows } from '../../../../trainer/search/search-data.ts'

const N = 12_000
const random = createRandom(3)
const normals = () => Float32Array.from({ length: N }, () => random.normal())

/** Moves the size of outcomes, their direction, and nothing, in one case slowly. */
const [size, direction, chance, walk] = [normals(), normals(), normals(), normals()]
for (let i = 1; i < N; i++) walk[i] += 0.999 * walk[i - 1]

const rows: SearchRows = {
  length: N,
  symbol: new Uint16Array(N),
  index: Int32Array.from({ length: N }, (_, i) => i),
  decidedAtMs: new Float64Array(N),
  outcomes: Float32Array.from({ length: N }, (_, i) => 0.2 * direction[i] + Math.exp(0.3 * size[i]) * random.normal()),
}

const picked = thinned(rows)
const targets = targetsOf(rows, 1, picked, 1)
const candidate = (name: string, column: Float32Array): Candidate => {
  const values = binAt(column, picked)
  return { name, values, relevance: relevanceOf(values, targets) }
}
const pause = async () => {}

describe('the relevance of a feature', () => {
  it('tells size from direction', () => {
    const [ofSize, ofDirection] = [candidate('size', size).relevance, candidate('direction', direction).relevance]
    expect(ofSize.size).toBeGreaterThan(10 * Math.abs(ofDirection.size))
    expect(ofDirection.direction).toBeGreaterThan(5 * Math.abs(ofDirection.size))
  })

  it('of one that knows nothing is about what chance would tell, more where it moves slowly', () => {
    const [quick, slow] = [candidate('chance', chance).relevance, candidate('walk', walk).relevance]
    for (const { direction, size, chance } of [quick, slow]) {
      expect(Math.abs(direction + size - chance)).toBeLessThan(0.01)
    }
  })
})

describe('the order of candidates', () => {
  it('begins with what tells most and has nothing twice', async () => {
    const copy = size.map(value => 2 * value + 1)
    const candidates = [
      candidate('chance', chance),
      candidate('copy', copy),
      candidate('direction', direction),
      candidate('size', size),
    ]
    const order = await orderByNews(candidates, [], targets, { most: 4, pause })
    expect(order.slice(0, 2).map(entry => entry.candidate.name)).toEqual(['copy', 'direction'])
    expect(order.map(entry => entry.candidate.name)).not.toContain('size')
    expect(order[0].news).toBeGreaterThan(order[1].news)
  })

  it('leaves out what the baseline knows', async () => {
    const candidates = [candidate('size', size), candidate('direction', direction)]
    const order = await orderByNews(candidates, [binAt(size, picked)], targets, { most: 4, pause })
    expect(order.map(entry => entry.candidate.name)).toEqual(['direction'])
  })
})

describe('turning round in time', () => {
  it('keeps all neighbours but one, and leaves nothing in its place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 200 }), fc.integer(), (n, seed) => {
        const turned = turnedRound(
          Float32Array.from({ length: n }, (_, i) => i),
          createRandom(seed),
        )
        turned.forEach((value, i) => {
          expect(value).not.toBe(i)
          expect(turned[(i + 1) % n]).toBe((value + 1) % n)
        })
      }),
    )
  })
})
