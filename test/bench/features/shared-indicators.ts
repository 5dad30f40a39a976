import type { FeatureRows } from '../../../sdk/feature/feature-table.ts'
import { Graph } from '../../../sdk/feature/graph/graph.ts'
import { GraphRun } from '../../../sdk/feature/graph/graph-run.ts'
import { Scope } from '../../../sdk/feature/graph/scope.ts'
import { buildSeries, resolveExpression } from '../../../sdk/feature/resolve-feature.ts'
import { HOUR_MS } from '../../../sdk/units.ts'
import type { Row, Table } from '../report.ts'
import { figure, median } from '../statistics.ts'
import { type PeerInput, peerInput, SHARED_INDICATORS, type SharedIndicator } from './indicators.ts'
import { benchPanel } from './market.ts'

const FULL = { candles: 100_000, repeats: 9 }
const QUICK = { candles: 20_000, repeats: 3 }
/** Candles after which what recursions began with no longer counts. */
const SETTLED = 2000
const CHUNK = 2048
const PEERS = ['technical', 'signals'] as const
const PACKAGES = { technical: 'technicalindicators', signals: 'trading-signals' }

/** Ours in batch and the peers called directly, in turn, on the same candles; first, that they agree. */
export function measureShared(quick: boolean): { rows: Row[]; table: Table } {
  const { candles, repeats } = quick ? QUICK : FULL
  const [rows] = benchPanel(['BTC/USDT'], candles)
  const input = peerInput(rows)
  const out = new Float64Array(candles)
  const measured = SHARED_INDICATORS.map(indicator => {
    checkAgreement(indicator, rows, input)
    const times = { ours: [] as number[], technical: [] as number[], signals: [] as number[] }
    for (let i = 0; i < repeats; i++) {
      times.ours.push(nanoseconds(() => void computeOurs(indicator, rows, out)))
      for (const peer of PEERS) if (indicator[peer]) times[peer].push(nanoseconds(() => void indicator[peer]!(input)))
    }
    const perRow = (values: readonly number[]) => (values.length === 0 ? null : median(values) / candles)
    const [ours, technical, signals] = [perRow(times.ours)!, perRow(times.technical), perRow(times.signals)]
    const fastest = Math.min(technical ?? Number.POSITIVE_INFINITY, signals ?? Number.POSITIVE_INFINITY)
    return { name: indicator.name, ours, technical, signals, ratio: fastest / ours }
  })
  const ratio = median(measured.map(indicator => indicator.ratio))
  const cell = (value: number | null) => (value === null ? '–' : figure(value))
  return {
    rows: [
      {
        id: 'shared.ratioPeers',
        value: ratio,
        unit: 'ratio',
        note: `the faster peer’s time over ours, median over ${measured.length} indicators`,
      },
      ...measured.flatMap(({ name, ours, technical, signals, ratio: own }) => {
        const id = `shared.${name.replace(/\W+/g, '_').replace(/_$/, '')}`
        const of = (peer: string, value: number | null) =>
          value === null ? [] : [{ id: `${id}.${peer}Ns`, value, unit: 'ns', note: 'a candle' }]
        return [
          { id: `${id}.ratio`, value: own, unit: 'ratio' },
          ...of('ours', ours),
          ...of('technicalindicators', technical),
          ...of('tradingSignals', signals),
        ]
      }),
    ],
    table: {
      title: 'Indicators that the peers have too, in Node',
      note: `Nanoseconds a candle, ${candles.toLocaleString('en-US')} candles at once, medians of ${repeats}, in turn; values agree. Ours: the indicator’s series alone. The ratio is to the faster peer.`,
      header: ['', 'ours', PACKAGES.technical, PACKAGES.signals, 'ratio'],
      rows: measured.map(({ name, ours, technical, signals, ratio: own }) => [
        name,
        figure(ours),
        cell(technical),
        cell(signals),
        figure(own),
      ]),
    },
  }
}

/** The indicator's series, as it is part of a feature set: built, and run over all candles. */
function computeOurs({ ours }: SharedIndicator, rows: FeatureRows, out: Float64Array): Float64Array {
  const graph = new Graph()
  const set = { features: [] }
  const scope = new Scope({ graph, stepMs: HOUR_MS, set, symbol: rows.symbol }, (of, expression) =>
    buildSeries(of, resolveExpression(expression)),
  )
  const { id } = ours(scope)
  const run = new GraphRun(graph, { capacity: CHUNK, stepMs: HOUR_MS })
  const axis = run.rows[scope.axis.index]
  const columns = graph.sources.map(source => ({ id: source.id, column: rows[source.input as 'close'] }))
  for (let from = 0; from < rows.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, rows.length)
    axis.count = to - from
    axis.openTimeMs.set(rows.openTimeMs.subarray(from, to))
    for (const source of columns) run.columns[source.id].set(source.column.subarray(from, to))
    run.advance()
    out.set(run.columns[id].subarray(0, to - from), from)
  }
  return out
}

/** @throws Error when a peer has other values: it would be another indicator's time */
function checkAgreement(indicator: SharedIndicator, rows: FeatureRows, input: PeerInput): void {
  const ours = computeOurs(indicator, rows, new Float64Array(rows.length))
  for (const peer of PEERS) {
    const theirs = indicator[peer]?.(input)
    if (!theirs) continue
    const tolerance = peer === 'technical' && indicator.roundedByTechnical ? 0.0051 : 1e-7
    for (let t = SETTLED; t < ours.length; t++) {
      const given = theirs[t - ours.length + theirs.length]!
      const theirValue = indicator.perPrice === undefined ? given : (given * indicator.perPrice) / rows.close[t]
      if (!(Math.abs(ours[t] - theirValue) <= tolerance * Math.max(1, Math.abs(theirValue)))) {
        throw new Error(`${indicator.name} at candle ${t}: ours ${ours[t]}, ${PACKAGES[peer]} ${theirValue}`)
      }
    }
  }
}

function nanoseconds(work: () => void): number {
  const start = performance.now()
  work()
  return (performance.now() - start) * 1e6
}
