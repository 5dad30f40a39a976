import type { SeriesWindows } from '../../sdk/engine.ts'
import type { Call } from './binding.ts'
import type { FollowedWindow, Runner, SeriesRunner } from './runner.ts'
import { SequenceForward } from './sequence-forward.ts'
import type { SequenceProgram } from './sequence-program.ts'
import { FollowedSeries } from './series-follower.ts'
import { SeriesSlide } from './series-slide.ts'

export function sequenceRunner(program: SequenceProgram): Runner {
  const forward = new SequenceForward(program)
  return {
    forward: (batch, explain) => forward.run(batch, explain),
    series: sharesSteps(program.calls) ? new Series(program, forward) : null,
  }
}

/**
 * A series keeps one value for a step, so no two operations may fill different steps of one part of a field: then a
 * step's value would depend on where in the window it lies.
 */
function sharesSteps(calls: readonly Call[]): boolean {
  const filled = calls.flatMap(call => call.writes.map(field => `${call.part} ${field}`))
  return new Set(filled).size === filled.length && calls.some(call => call.stage === 'step')
}

/** Memory for series is taken when the first one comes, and used again for the next. */
class Series implements SeriesRunner {
  private readonly program: SequenceProgram
  private readonly forward: SequenceForward
  private sliding: SeriesSlide | null = null
  private readonly released: FollowedSeries[] = []

  constructor(program: SequenceProgram, forward: SequenceForward) {
    this.program = program
    this.forward = forward
  }

  slide(series: SeriesWindows): Float32Array {
    this.sliding ??= new SeriesSlide(this.program, this.forward)
    return this.sliding.run(series)
  }

  follow(series: SeriesWindows): FollowedWindow {
    const { released } = this
    const reach = series.horizons.at(-1)! - series.horizons[0]
    const fitting = released.findIndex(free => free.reach === reach)
    const followed =
      fitting >= 0 ? released.splice(fitting, 1)[0] : new FollowedSeries(this.program, this.forward, reach)
    return {
      quantiles: followed.start(series),
      push: (observed, known) => followed.push(observed, known),
      release: () => released.push(followed),
    }
  }
}
