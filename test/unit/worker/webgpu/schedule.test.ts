import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildNetwork, type NetworkSpec } from '../../../../models/network.ts'
import { compilePlan } from '../../../../worker/plan/compile-plan.ts'
import type { Plan } from '../../../../worker/plan/plan.ts'
import { readsOf, type Schedule, type SequenceSpan } from '../../../../worker/webgpu/schedule.ts'
import { schedulePlan } from '../../../../worker/webgpu/schedule-plan.ts'
import { GOLDEN_SPEC } from '../../../fixtures/golden-tft.ts'
import { arbitraryMlpSpec, arbitraryTftSpec, randomWeights } from '../../../fixtures/random-network.ts'

const planOf = (spec: NetworkSpec, fold: boolean): Plan => {
  const network = buildNetwork(spec)
  return compilePlan(network, randomWeights(network, 1, { int8: !fold }), { fold })
}

const namesOf = ({ dispatches }: Schedule) =>
  dispatches.map(d => {
    if (d.kind === 'mlp') return [d.operation.name]
    return (d.kind === 'lstm' ? d.chain : d.tasks).map(task => task.name)
  })

describe('the scheduler', () => {
  it('fuses the reference student into four dispatches, cut where steps mix', () => {
    expect(namesOf(schedulePlan(planOf(GOLDEN_SPEC, false)))).toEqual([
      ['past', 'future', 'encoder.input', 'decoder.input'],
      ['encoder', 'decoder'],
      ['temporal', 'enriched', 'attention.key', 'attention.value', 'attention.query'],
      ['attention', 'attended', 'feedForward', 'decoded', 'head'],
    ])
  })

  it('needs four dispatches for a TFT and one for an MLP, whatever their sizes', () => {
    fc.assert(
      fc.property(arbitraryTftSpec, arbitraryMlpSpec, fc.boolean(), (tft, mlp, fold) => {
        expect(schedulePlan(planOf(tft, fold)).dispatches.length).toBe(4)
        expect(schedulePlan(planOf(mlp, fold)).dispatches.length).toBe(1)
      }),
      { numRuns: 30 },
    )
  })

  it('computes selections and LSTM inputs once per step of a series, the rest per window', () => {
    const { dispatches, recordQuads } = schedulePlan(planOf(GOLDEN_SPEC, true))
    expect(dispatches.map(d => d.stage)).toEqual(['step', 'window', 'window', 'window'])
    // 32 units of four gates and 32 selected values: the encoder's and the decoder's gates share their place
    expect(recordQuads.step).toBe(32 + 8)
  })

  it('stores what another dispatch reads, at places that do not overlap on any step', () => {
    fc.assert(
      fc.property(arbitraryTftSpec, fc.boolean(), (spec, fold) => {
        const { dispatches, places, recordQuads } = schedulePlan(planOf(spec, fold))
        const written: SequenceSpan[] = []
        for (const dispatch of dispatches) {
          if (dispatch.kind === 'mlp') continue
          const tasks = dispatch.kind === 'lstm' ? dispatch.chain : dispatch.tasks
          const own = new Set(tasks.map(task => ('out' in task ? task.out.sequence : null)))
          for (const task of tasks) {
            const reads = dispatch.kind === 'lstm' ? [(task as { in: SequenceSpan }).in] : readsOf(task as never)
            for (const { sequence } of reads) if (!own.has(sequence)) expect(places.has(sequence)).toBe(true)
            if ('out' in task && places.has(task.out.sequence)) written.push(task.out)
          }
        }
        for (const a of written) {
          const at = places.get(a.sequence)!
          expect(at + a.sequence.quads).toBeLessThanOrEqual(recordQuads[a.sequence.stage])
          for (const b of written) {
            if (a.sequence === b.sequence || a.sequence.stage !== b.sequence.stage) continue
            if (a.to <= b.from || b.to <= a.from) continue
            const other = places.get(b.sequence)!
            expect(at + a.sequence.quads <= other || other + b.sequence.quads <= at).toBe(true)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('takes no operation for a step’s whose steps mean something else in every window', () => {
    const plan = planOf(GOLDEN_SPEC, true)
    const [past, future, ...rest] = plan.operations
    if (future.kind !== 'selection') throw new Error('The second operation is the future selection.')
    // as if only the last 20 decoder steps were selected
    const cut = { ...future, out: { ...future.out, from: future.out.from + 4 } }
    const { dispatches } = schedulePlan({ ...plan, operations: [past, cut, ...rest] })
    expect(dispatches[0].stage).toBe('window')
  })
})
