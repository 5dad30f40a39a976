/** Events by column: what is read of event `i` is `columns.<name>[i]`. */
export type EventColumns = Readonly<Record<string, Float64Array>>

/** Makes one input column of events; batch and stream run the same folds. */
export interface Fold {
  /** A candle begins: what comes from now on became known during it. */
  begin(): void
  /** Event `i` became known; in order of time. */
  take(columns: EventColumns, i: number, availableMs: number): void
  /** The column's value as the candle closes. */
  read(closeMs: number): number
}

/** The last known value, NaN where it has been known for longer than `maxAgeMs`. An event without the value changes nothing. */
export function lastKnown(column: string, maxAgeMs: number): Fold {
  let value = Number.NaN
  let sinceMs = Number.NaN
  return {
    begin: () => {},
    take: (columns, i, availableMs) => {
      const next = columns[column][i]
      if (Number.isNaN(next)) return
      value = next
      sinceMs = availableMs
    },
    read: closeMs => (closeMs - sinceMs <= maxAgeMs ? value : Number.NaN),
  }
}

/** The last snapshot's value, which may be none: a level that is gone is not the level that was there before. */
export function ofLastSnapshot(column: string, maxAgeMs: number): Fold {
  let value = Number.NaN
  let sinceMs = Number.NaN
  return {
    begin: () => {},
    take: (columns, i, availableMs) => {
      value = columns[column][i]
      sinceMs = availableMs
    },
    read: closeMs => (closeMs - sinceMs <= maxAgeMs ? value : Number.NaN),
  }
}

/** Sum over the candle's events; 0 where there were none. */
export function sumOverCandle(amountOf: (columns: EventColumns, i: number) => number): Fold {
  let sum = 0
  return {
    begin: () => {
      sum = 0
    },
    take: (columns, i) => {
      sum += amountOf(columns, i)
    },
    read: () => sum,
  }
}
