import type { Schedule, Sequence } from './schedule.ts'

/** Places within a row's record, by stage; sequences that have no step in common (an encoder's, a decoder's) share theirs. */
export function placeSequences(
  stored: readonly Sequence[],
  written: ReadonlyMap<Sequence, { from: number; to: number }>,
): Pick<Schedule, 'recordQuads' | 'places'> {
  const recordQuads = { step: 0, window: 0 }
  const places = new Map<Sequence, number>()
  for (const sequence of stored) {
    const { from, to } = written.get(sequence)!
    const neighbours = [...places]
      .filter(([other]) => {
        const steps = written.get(other)!
        return other.stage === sequence.stage && steps.from < to && from < steps.to
      })
      .map(([other, place]) => ({ start: place, end: place + other.quads }))
      .sort((a, b) => a.start - b.start)
    let place = 0
    for (const { start, end } of neighbours) {
      if (place + sequence.quads <= start) break
      place = Math.max(place, end)
    }
    places.set(sequence, place)
    recordQuads[sequence.stage] = Math.max(recordQuads[sequence.stage], place + sequence.quads)
  }
  return { recordQuads, places }
}
