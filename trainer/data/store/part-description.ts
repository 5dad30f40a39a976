import type { KeyValue } from 'hyparquet'
import * as v from 'valibot'
import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'

/** What stands in the metadata of a part, so that nobody needs to read its rows to know it. */
export interface PartDescription {
  readonly rows: number
  /** Null where there are no rows. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** The times for which the rows are the last word; sorted and disjoint. */
  readonly complete: readonly TimeRange[]
  /** Of repairs: the last write that they hold against. */
  readonly lastWrite?: number | undefined
}

const KEY = 'edgequant'

const SCHEMA = v.object({
  rows: v.number(),
  firstMs: v.nullable(v.number()),
  lastMs: v.nullable(v.number()),
  complete: v.array(v.object({ fromMs: v.number(), toMs: v.number() })),
  lastWrite: v.optional(v.number()),
})

export const partMetadata = (description: PartDescription): Record<string, string> => ({
  [KEY]: JSON.stringify(description),
})

/** @throws Error where it is missing, or is not what a part says */
export function parsePartMetadata(metadata: readonly KeyValue[] | undefined): PartDescription {
  const text = metadata?.find(({ key }) => key === KEY)?.value
  if (text === undefined) throw new Error(`its metadata have no "${KEY}"`)
  return v.parse(SCHEMA, JSON.parse(text))
}
