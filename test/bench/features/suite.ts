import type { BenchArguments } from '../arguments.ts'
import type { Row, SuiteResult, Table } from '../report.ts'
import { measureShared } from './shared-indicators.ts'
import { measureThroughput } from './throughput.ts'
import { measureTicks } from './ticks.ts'

const say = (text: string): void => console.error(text)

/** The recipe's features at once, as a stream and in a worker; indicators beside the peers'. */
export async function benchFeatures({ parts, quick }: BenchArguments): Promise<SuiteResult> {
  const rows: Row[] = []
  const tables: Table[] = []
  let machine: Record<string, string> = {}
  const add = (part: { rows: Row[]; table: Table }) => {
    rows.push(...part.rows)
    tables.push(part.table)
  }
  if (parts.includes('node')) {
    say('node: a million candles')
    add(measureThroughput(quick))
    say('node: indicators beside the peers')
    add(measureShared(quick))
  }
  if (parts.includes('chromium')) {
    say('chromium: ticks')
    const ticks = await measureTicks(quick)
    add(ticks)
    machine = { chromium: ticks.chromium }
  }
  return { rows, tables, machine }
}
