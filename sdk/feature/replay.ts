import type { FeatureStream, StreamRow } from './feature-stream.ts'
import type { FeatureRows } from './feature-table.ts'

/** Pushes recorded candles through a stream, tick by tick, so that it can go on where they end. */
export function replay(stream: FeatureStream, panel: readonly FeatureRows[]): void {
  const rows = stream.program.panelSymbols.map(symbol => panel.find(rows => rows.symbol === symbol))
  const next = new Int32Array(rows.length)
  const timeOf = (s: number): number => rows[s]?.openTimeMs[next[s]] ?? Number.POSITIVE_INFINITY
  for (;;) {
    const openTimeMs = Math.min(...rows.map((_, s) => timeOf(s)))
    if (openTimeMs === Number.POSITIVE_INFINITY) return
    stream.push(
      openTimeMs,
      rows.map((symbolRows, s) => (symbolRows && timeOf(s) === openTimeMs ? rowAt(symbolRows, next[s]++) : null)),
    )
  }
}

function rowAt({ openTimeMs, open, high, low, close, volume, inputs = {} }: FeatureRows, t: number): StreamRow {
  const values = Object.entries(inputs).map(([name, column]) => [name, column[t]] as const)
  return {
    openTimeMs: openTimeMs[t],
    open: open[t],
    high: high[t],
    low: low[t],
    close: close[t],
    volume: volume[t],
    inputs: Object.fromEntries(values),
  }
}
