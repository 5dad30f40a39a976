import type { Timeframe } from '../../../sdk/units.ts'
import type { DataKind, Table } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import type { Settlement } from '../symbol-name.ts'
import type { TimeUnit } from './parse-time.ts'

export const FORMAT_NAMES = ['edgequant', 'binance', 'tardis', 'coinapi', 'kaiko'] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

/** How the values of one column of a file are read. */
export type Cell =
  | { readonly as: 'time'; readonly from: string; readonly unit: TimeUnit; readonly mayBeEmpty?: true }
  /** Empty, `null` and `NaN` are unknown: NaN. */
  | { readonly as: 'number'; readonly from: string; readonly mayBeEmpty?: true }
  | { readonly as: 'text'; readonly from: string; readonly mayBeEmpty?: true }
  | { readonly as: 'word'; readonly from: string; readonly words: Readonly<Record<string, number>> }
  /** The same text in every row, kept once. */
  | { readonly as: 'same'; readonly from: string }

/** What a file, its name or the caller tells about its series. */
export interface Facts {
  /** ccxt's name. */
  readonly exchange?: string
  /** ccxt's spelling. */
  readonly symbol?: string
  readonly timeframe?: Timeframe
  readonly settlement?: Settlement
}

/** What the name of a file says in some format. */
export interface NameFacts extends Facts {
  /** As the name has it, e.g. `BTCUSDT`; its symbol may depend on more than the name. */
  readonly pair?: string
  /** Which of the format's data it says it is, e.g. `aggTrades`. */
  readonly dataset?: string
}

/** The rows of a file, by the names of its layout's `cells`. */
export interface Rows {
  readonly length: number
  readonly columns: Readonly<Record<string, Float64Array | readonly string[]>>
  /** Values of `same` cells. */
  readonly same: Readonly<Record<string, string>>
}

export interface SeriesRows {
  readonly kind: DataKind
  readonly timeframe: Timeframe | null
  readonly table: Table
  /** What was left out or assumed. */
  readonly notes?: readonly string[]
}

/** One kind of file of a format. */
export interface Layout {
  /** e.g. `binance klines` */
  readonly title: string
  /** Names of the columns, in order, as headers have or had them; compared without regard to case. */
  readonly headers: readonly (readonly string[])[]
  /** Where another layout has the same header: what the name of a file must say for this one. */
  readonly dataset?: string
  /** Datasets whose files may have no header line; the columns are then those of the header of as many columns. */
  readonly withoutHeader?: readonly string[]
  readonly cells: Readonly<Record<string, Cell>>
  /** Why it cannot be imported. */
  readonly refused?: string
  /** What the rows and the header tell, beside the name. */
  readonly facts?: (rows: Rows, name: NameFacts, header: readonly string[]) => Facts
  /** What the rows are. Cells that are no columns of it are left out. */
  readonly kind: DataKind
  /** Where the rows need more than reading. */
  /** @throws SourceError `UNSUPPORTED_LAYOUT` where these rows cannot be used */
  readonly series?: (rows: Rows, facts: Facts, path: string) => SeriesRows[]
}

export interface Format {
  readonly name: FormatName
  readonly layouts: readonly Layout[]
  /** Null where the name is not one of this format's. */
  readonly nameFacts: (path: string) => NameFacts | null
  /** Why a file that has this name cannot be imported; null where it can. */
  readonly refused?: (name: NameFacts, path: string) => string | null
}

/** A series out of a file. */
export interface ImportedSeries {
  readonly key: SeriesKey
  readonly table: Table
}

/** A file that was read. */
export interface MarketFile {
  readonly path: string
  readonly format: FormatName
  /** The layout's title. */
  readonly layout: string
  readonly series: readonly ImportedSeries[]
  readonly notes: readonly string[]
}
