import type { Row, Table } from '../../report.ts'
import type { Say } from '../workload/forward.ts'
import { measureBacktests } from './backtests.ts'
import { buildApp } from './build-app.ts'
import { measureLoaded } from './loaded.ts'
import { measureStarts } from './starts.ts'
import { measureTicks } from './ticks.ts'

const FULL = { starts: 15, ticks: 4000, warmUp: 1000 }
const QUICK = { starts: 3, ticks: 400, warmUp: 200 }

/** What an app's users get: bytes, the time to a first forecast, and the time from a candle to a signal. */
export async function measureApp(
  quick: boolean,
  say: Say,
): Promise<{ rows: Row[]; tables: Table[]; chromium: string }> {
  const { starts, ...ticks } = quick ? QUICK : FULL
  say('app: building')
  const app = await buildApp()
  try {
    say('app: loaded bytes')
    const loaded = await measureLoaded(app)
    say('app: starts')
    const started = await measureStarts(app, starts)
    say('app: ticks')
    const ticked = await measureTicks(app, ticks)
    say('app: backtests')
    const backtested = await measureBacktests(app)
    const parts = [ticked, started, backtested, loaded]
    return { rows: parts.flatMap(part => part.rows), tables: parts.map(part => part.table), chromium: app.chromium }
  } finally {
    await app.close()
  }
}
