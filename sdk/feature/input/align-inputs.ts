import { FeatureError } from '../../errors.ts'
import { type Timeframe, timeframeMs } from '../../units.ts'
import { type ResolvedInput, resolveInput } from './feature-inputs.ts'
import type { InputSourceName } from './input-source.ts'
import { type InputEvents, SourceFollower } from './source-follower.ts'

/** When the candles are that columns are made for. */
export interface CandleTimes {
  readonly timeframe: Timeframe
  readonly length: number
  /** In order. */
  readonly openTimeMs: Float64Array
}

/**
 * Makes the input columns of a symbol's candles, for `FeatureRows.inputs`. A value at a candle is made of what was known at
 * its close: events that become known later change nothing.
 * @param o.inputs names, e.g. `fundingRate`, `spyClose[5]`
 * @param o.events by source, of the times before the first candle too, as far as the inputs look back
 * @throws FeatureError `UNKNOWN_INPUT`, `MISSING_INPUT`, `BAD_INPUT_EVENT`
 */
export function alignInputs(o: {
  readonly inputs: readonly string[]
  readonly candles: CandleTimes
  readonly events: Readonly<Partial<Record<InputSourceName, InputEvents>>>
}): Record<string, Float64Array> {
  const { openTimeMs, length, timeframe } = o.candles
  const columns: Record<string, Float64Array> = {}
  for (const [source, inputs] of inputsBySource(o.inputs)) {
    const events = o.events[source]
    if (events === undefined) throw missingSource(source, inputs)
    const follower = new SourceFollower(source, inputs, { stepMs: timeframeMs(timeframe), events })
    const made = inputs.map(() => new Float64Array(length))
    const values = new Float64Array(inputs.length)
    for (let t = 0; t < length; t++) {
      follower.readInto(values, openTimeMs[t])
      for (let f = 0; f < made.length; f++) made[f][t] = values[f]
    }
    inputs.forEach(({ name }, f) => {
      columns[name] = made[f]
    })
  }
  return columns
}

/** @throws FeatureError `UNKNOWN_INPUT` */
export function inputsBySource(names: readonly string[]): Map<InputSourceName, ResolvedInput[]> {
  const bySource = new Map<InputSourceName, ResolvedInput[]>()
  for (const name of new Set(names)) {
    const resolved = resolveInput(name)
    const inputs = bySource.get(resolved.input.source)
    if (inputs) inputs.push(resolved)
    else bySource.set(resolved.input.source, [resolved])
  }
  return bySource
}

function missingSource(source: InputSourceName, inputs: readonly ResolvedInput[]): FeatureError {
  const names = inputs.map(({ name }) => name)
  return new FeatureError(
    'MISSING_INPUT',
    `The inputs ${names.join(', ')} are made of events of ${source}, and none are given: pass events.${source}.`,
    { source, inputs: names },
  )
}
