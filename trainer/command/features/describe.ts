import { loadConfig } from '../../config/load-config.ts'
import { decimal, integer } from '../../report/format.ts'
import { type ConfigFlags, configOverrides } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { textTable } from '../text-table.ts'

const HEADER = ['feature', 'warm-up', 'missing', 'mean', 'st.dev.', 'min', 'max']

/** Mean, deviation and range of a config's features, by symbol. */
export async function describeFeatures(flags: ConfigFlags, terminal: Terminal): Promise<void> {
  const { loadFeatureColumns } = await import('./feature-columns.ts')
  const config = await loadConfig(flags.config, configOverrides(flags))
  const { symbols } = await loadFeatureColumns(config, terminal)
  for (const { symbol, openTimeMs, columns } of symbols) {
    terminal.stage(symbol, `${integer(openTimeMs.length)} candles`)
    const rows = columns.map(({ name, warmupCandles, values }) => {
      const { present, ...figures } = summarise(values)
      const counts = [integer(warmupCandles), integer(values.length - present - warmupCandles)]
      return [name, ...counts, ...Object.values(figures).map(value => (present === 0 ? '–' : decimal(value, 3)))]
    })
    for (const line of textTable(HEADER, rows, new Set(HEADER.slice(1)))) terminal.line(line)
  }
}

function summarise(values: Float64Array) {
  let present = 0
  let sum = 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (Number.isNaN(value)) continue
    present++
    sum += value
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const mean = sum / present
  let squares = 0
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2
  return { present, mean, deviation: Math.sqrt(squares / present), low, high }
}
