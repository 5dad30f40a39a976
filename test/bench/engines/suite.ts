import { parameterCount } from '../../../models/blocks.ts'
import { buildNetwork } from '../../../models/network.ts'
import { compilePlan } from '../../../worker/plan/compile-plan.ts'
import { multiplyAdds } from '../../../worker/plan/multiply-adds.ts'
import { GOLDEN_SPEC } from '../../fixtures/golden-tft.ts'
import { randomWeights } from '../../fixtures/random-network.ts'
import type { BenchArguments } from '../arguments.ts'
import type { Row, SuiteResult, Table } from '../report.ts'
import { measureApp } from './app/measure-app.ts'
import { chromiumEnvironment } from './chromium-environment.ts'
import type { Environment } from './environment.ts'
import { forwardTable, seriesTable } from './forward-table.ts'
import { detailRows, headlineTable, isHeadline, liteRows, referenceRows, webgpuRows } from './headline.ts'
import { type Measured, measureSubject } from './measure.ts'
import { nodeEnvironment } from './node-environment.ts'
import { benchCandles } from './recorded-series.ts'
import type { SubjectId } from './subjects.ts'
import { FULL, QUICK } from './workload/repeats.ts'

/** What was measured in one environment. */
interface EnvironmentResult {
  readonly measured: ReadonlyMap<SubjectId, Measured>
  readonly rows: readonly Row[]
  readonly tables: readonly Table[]
}

const SUBJECTS_IN_TURN: readonly (readonly [SubjectId, string])[] = [
  ['reference', 'Reference student (TFT, 205,764 parameters)'],
  ['shipped', 'crypto-hourly 1.0.0 (TFT, 19,777 parameters)'],
  ['lite', 'MLP 106 → 48 → 32 → 24 (7.8k parameters)'],
]

const say = (text: string): void => console.error(text)

/** Ours and the peers on every subject, in Node and in Chromium, and the package in an app. */
export async function benchEngines({ parts, quick }: BenchArguments): Promise<SuiteResult> {
  const network = buildNetwork(GOLDEN_SPEC)
  const plan = compilePlan(network, randomWeights(network, 1), { fold: true })
  const rows: Row[] = [
    { id: 'macs.referenceStudent', value: multiplyAdds(plan), unit: 'count', note: 'multiply-adds of one window' },
  ]
  const tables: Table[] = []
  let machine: Record<string, string> = {}
  const add = (part: Pick<EnvironmentResult, 'rows' | 'tables'>) => {
    rows.push(...part.rows)
    tables.push(...part.tables)
  }

  if (parts.includes('node')) {
    const result = await measureIn(nodeEnvironment(), quick)
    add(result)
    rows.push(...referenceRows(result.measured.get('reference')!), ...liteRows(result.measured.get('lite')!))
  }
  if (parts.includes('chromium')) {
    const environment = await chromiumEnvironment()
    const result = await measureIn(environment, quick)
    add(result)
    const { reference, referenceInt8 } = Object.fromEntries(result.measured)
    rows.push(...webgpuRows(reference!, referenceInt8!, parameterCount(network)))
    machine = { ...machine, ...environment.facts }
  }
  if (parts.includes('app')) {
    const result = await measureApp(quick, say)
    add(result)
    machine = { ...machine, chromium: result.chromium }
  }
  const [headlines, details] = [rows.filter(isHeadline), rows.filter(row => !isHeadline(row))]
  return { rows: [...headlines, ...details], tables: [headlineTable(headlines), ...tables], machine }
}

async function measureIn(environment: Environment, quick: boolean): Promise<EnvironmentResult> {
  const effort = quick ? QUICK : FULL
  const measured = new Map<SubjectId, Measured>()
  const rows: Row[] = []
  const tables: Table[] = []
  const add = (subject: SubjectId, title: string, result: Measured) => {
    measured.set(subject, result)
    rows.push(...detailRows(`${environment.name}.${subject}`, result))
    const series = seriesTable(`${title}, in ${environment.name}: candles`, result, benchCandles().source)
    tables.push(forwardTable(`${title}, in ${environment.name}`, result), ...(series ? [series] : []))
  }
  try {
    for (const [subject, title] of SUBJECTS_IN_TURN) {
      add(subject, title, await measureSubject(environment, subject, { effort, onCandles: subject !== 'lite', say }))
    }
    if (environment.name === 'chromium') {
      const contenders = ['fusedWebgpu'] as const
      const result = await measureSubject(environment, 'referenceInt8', { effort, onCandles: false, contenders, say })
      add('referenceInt8', 'Reference student, int8 matrices', result)
    }
  } finally {
    await environment.close()
  }
  return { measured, rows, tables }
}
