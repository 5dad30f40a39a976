import { buildNetwork } from '../../../models/network.ts'
import { compilePlan } from '../../../worker/plan/compile-plan.ts'
import { multiplyAdds } from '../../../worker/plan/multiply-adds.ts'
import { GOLDEN_SPEC } from '../../fixtures/golden-tft.ts'
import { randomWeights } from '../../fixtures/random-network.ts'
import type { BenchArguments } from '../arguments.ts'
import type { Row, SuiteResult, Table } from '../report.ts'
import { chromiumEnvironment } from './chromium-environment.ts'
import type { Environment } from './environment.ts'
import { forwardTable, seriesTable } from './forward-table.ts'
import { detailRows, liteRows, referenceRows } from './headline.ts'
import { type Measured, measureSubject } from './measure.ts'
import { nodeEnvironment } from './node-environment.ts'
import { benchCandles } from './recorded-series.ts'
import type { SubjectId } from './subjects.ts'
import { FULL, QUICK } from './workload/repeats.ts'

const TITLES: readonly (readonly [SubjectId, string])[] = [
  ['reference', 'reference student (TFT, 205,764 parameters)'],
  ['shipped', 'crypto-hourly 1.0.0 (TFT, 19,777 parameters)'],
  ['lite', 'MLP 106 → 48 → 32 → 24 (7.8k parameters)'],
]

/** Ours and the peers on every subject, in Node and in Chromium, and the package in an app. */
export async function benchEngines(o: BenchArguments): Promise<SuiteResult> {
  const rows: Row[] = []
  const tables: Table[] = []
  let machine: Record<string, string> = { candles: benchCandles().source }
  const say = (text: string) => console.error(text)

  const measureIn = async (environment: Environment): Promise<Map<SubjectId, Measured>> => {
    const all = new Map<SubjectId, Measured>()
    try {
      for (const [subject, title] of TITLES) {
        const onCandles = subject !== 'lite'
        const measured = await measureSubject(environment, subject, { effort: o.quick ? QUICK : FULL, onCandles, say })
        all.set(subject, measured)
        rows.push(...detailRows(`${environment.name}.${subject}`, measured))
        tables.push(forwardTable(`${title}, in ${environment.name}`, measured))
        const series = seriesTable(`${title}, in ${environment.name}: candles`, measured)
        if (series) tables.push(series)
      }
    } finally {
      await environment.close()
    }
    machine = { ...machine, ...environment.facts }
    return all
  }

  if (o.parts.includes('node')) {
    const all = await measureIn(nodeEnvironment())
    rows.unshift(...referenceRows(all.get('reference')!), ...liteRows(all.get('lite')!))
  }
  if (o.parts.includes('chromium')) await measureIn(await chromiumEnvironment())
  rows.unshift({ id: 'macs.referenceStudent', value: countMultiplyAdds(), unit: 'count', note: 'of one window' })
  return { rows, tables, machine }
}

/** Of the plan that our engines run. */
function countMultiplyAdds(): number {
  const network = buildNetwork(GOLDEN_SPEC)
  return multiplyAdds(compilePlan(network, randomWeights(network, 1), { fold: true }))
}
