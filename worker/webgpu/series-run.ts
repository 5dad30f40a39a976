import type { SeriesWindows } from '../../sdk/engine.ts'
import { windowCount } from '../series-batches.ts'
import { type HeaderField, headerWords, writeHeader } from './run-header.ts'
import type { Schedule } from './schedule.ts'
import type { Session } from './session.ts'
import type { Workspace } from './workspace.ts'

/** Chunks of windows on their way at once: one computes while another is read back. */
const MOST_IN_FLIGHT = 2

/**
 * Every window of a series: the step stage once per step, then the window stage over chunks of windows that read those
 * rows where they begin. The kernels are those of a forward pass, so the results are the same to the bit.
 */
export async function slideSeries(session: Session, series: SeriesWindows): Promise<Float32Array> {
  const { shape } = session.schedule.plan
  const count = windowCount(series, shape)
  const perWindow = shape.horizons * shape.quantiles
  const all = new Float32Array(count * perWindow)
  const most = windowsPerSegment(session, series)
  const workspace = session.takeWorkspace()
  try {
    for (let from = 0; from < count; from += most) {
      const to = Math.min(count, from + most)
      await slideSegment(
        session,
        workspace,
        cutSeries(series, shape, from, to),
        all.subarray(from * perWindow, to * perWindow),
      )
    }
    return all
  } finally {
    session.giveWorkspace(workspace)
  }
}

/** So many windows that the step stage's rows fit into one buffer. */
function windowsPerSegment({ most, schedule }: Session, { horizons }: SeriesWindows): number {
  const { lookback, observed, known } = schedule.plan.shape
  const reach = horizons.at(-1)!
  const rows = (most.stepRows - lookback - reach) / 2
  const steps = (most.inputWords - headerWords(schedule.plan.shape) - 1) / (observed + known) - lookback - reach
  return Math.max(1, Math.floor(Math.min(rows, steps)))
}

/** The part of a series that its windows `from … to` see. */
function cutSeries(series: SeriesWindows, shape: Schedule['plan']['shape'], from: number, to: number): SeriesWindows {
  const steps = to - 1 + shape.lookback
  return {
    ...series,
    observed: series.observed.subarray(from * shape.observed, steps * shape.observed),
    known: series.known.subarray(from * shape.known, (steps + series.horizons.at(-1)!) * shape.known),
  }
}

async function slideSegment(
  session: Session,
  workspace: Workspace,
  series: SeriesWindows,
  out: Float32Array,
): Promise<void> {
  const { schedule, most } = session
  const { shape } = schedule.plan
  const { lookback: L, horizons: H, quantiles: Q } = shape
  const windows = windowCount(series, shape)
  const chunk = Math.min(windows, most.windows)
  const pastRows = windows + L - 1
  const futureRows = windows + series.horizons.at(-1)! - series.horizons[0]
  const layout = seriesLayout(schedule, series, { pastRows, futureStart: pastRows })
  await session.fit(workspace, {
    inputWords: layout.inputWords,
    stepQuads: (pastRows + futureRows) * schedule.recordQuads.step,
    windowQuads: chunk * (L + H) * schedule.recordQuads.window,
    resultFloats: chunk * H * Q,
  })
  workspace.words[layout.fields.symbolsAt] = series.symbol
  workspace.floats.set(series.observed, layout.fields.observedAt)
  workspace.floats.set(series.known, layout.fields.knownAt)

  const inFlight: Promise<void>[] = []
  for (let first = 0; first < windows; first += chunk) {
    const size = { windows: Math.min(chunk, windows - first), stepWindows: 1, pastRows, futureRows }
    writeHeader(workspace.words, { ...layout.fields, ...size, firstWindow: first }, layout.decoder)
    const values = session.submit(workspace, {
      size,
      inputWords: first === 0 ? layout.inputWords : headerWords(shape),
      stages: first === 0 ? ['step', 'window'] : ['window'],
      explain: false,
      resultFloats: size.windows * H * Q,
    })
    const written = values.then(quantiles => out.set(quantiles, first * H * Q))
    written.catch(() => {}) // when an earlier one fails, nobody waits for this one
    inFlight.push(written)
    if (inFlight.length >= MOST_IN_FLIGHT) await inFlight.shift()
  }
  await Promise.all(inFlight)
}

export interface SeriesLayout {
  readonly fields: Record<HeaderField, number>
  readonly decoder: { readonly steps: readonly number[]; readonly known: readonly number[] }
  readonly inputWords: number
}

/** Where a stretch of a series lies: window w sees the past rows from w on, and future rows from its first horizon on. */
export function seriesLayout(
  { plan: { shape } }: Schedule,
  { observed, known, horizons }: SeriesWindows,
  o: { pastRows: number; futureStart: number },
): SeriesLayout {
  const { lookback: L } = shape
  const [nearest, reach] = [horizons[0], horizons.at(-1)!]
  const symbolsAt = headerWords(shape)
  const observedAt = symbolsAt + 1
  const knownAt = observedAt + observed.length
  const fields: Record<HeaderField, number> = {
    windows: 1,
    firstWindow: 0,
    stepWindows: 1,
    pastRows: o.pastRows,
    futureRows: o.pastRows - L + 1 + reach - nearest,
    symbolsAt,
    symbolStride: 0,
    observedAt,
    knownAt,
    observedStride: 1,
    knownStride: 1,
    stepStride: 1,
    knownFuture: L - 1 + nearest,
    pastStart: 0,
    futureStart: o.futureStart,
    attentionAt: 0,
    pastWeightsAt: 0,
    futureWeightsAt: 0,
  }
  const decoder = {
    steps: horizons.map(h => o.futureStart + h - nearest),
    known: horizons.map(h => L - 1 + h),
  }
  return { fields, decoder, inputWords: knownAt + known.length }
}
