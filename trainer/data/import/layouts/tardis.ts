import { basename } from 'node:path'
import { BOOK_LEVELS } from '../../kind.ts'
import { bookSeries } from '../book-series.ts'
import { derivativeTickerSeries } from '../derivative-ticker.ts'
import type { Cell, Facts, Format, Layout, NameFacts, Rows, SeriesRows } from '../layout.ts'
import { isKnownTardisMarket, tardisMarket } from '../tardis-market.ts'
import { tradeSeries } from '../trade-series.ts'

/** In every file, in this order. The time is the exchange's; where it gave none, that of the message's arrival. */
const FIRST = ['exchange', 'symbol', 'timestamp', 'local_timestamp']
const time = (from: string): Cell => ({ as: 'time', from, unit: 'us' })
const number = (from: string): Cell => ({ as: 'number', from })
const unknownable = (from: string): Cell => ({ as: 'number', from, mayBeEmpty: true })

const COMMON: Readonly<Record<string, Cell>> = {
  venue: { as: 'same', from: 'exchange' },
  pair: { as: 'same', from: 'symbol' },
  timeMs: time('timestamp'),
}

/** Series whose quantities may be something else say so. */
const counted =
  (series: (rows: Rows, facts: Facts, path: string) => SeriesRows[]) =>
  (rows: Rows, facts: Facts, path: string): SeriesRows[] => {
    const { venue = '', pair = '' } = rows.same
    const note = `${venue} ${pair} is not known here: quantities are taken as base currency, not contracts`
    return series(rows, facts, path).map(part =>
      isKnownTardisMarket(venue, pair) ? part : { ...part, notes: [...(part.notes ?? []), note] },
    )
  }

const facts = ({ same }: Rows): Facts => (same.venue === undefined ? {} : tardisMarket(same.venue, same.pair))

const trades = (dataset: 'trades' | 'liquidations', kind: 'trade' | 'liquidation'): Layout => ({
  title: `tardis ${dataset}`,
  // their headers are the same
  dataset,
  kind,
  headers: [[...FIRST, 'id', 'side', 'price', 'amount']],
  cells: {
    ...COMMON,
    id: { as: 'text', from: 'id', mayBeEmpty: true },
    side: { as: 'word', from: 'side', words: { buy: 1, sell: -1, unknown: 0 } },
    price: number('price'),
    quantity: number('amount'),
  },
  facts,
  series: counted(tradeSeries(kind)),
})

const snapshots = (levels: number): Layout => ({
  title: `tardis book_snapshot_${levels}`,
  kind: 'book',
  headers: [
    [
      ...FIRST,
      ...Array.from({ length: levels }, (_, i) =>
        ['asks', 'bids'].flatMap(side => [`${side}[${i}].price`, `${side}[${i}].amount`]),
      ).flat(),
    ],
  ],
  cells: {
    ...COMMON,
    ...Object.fromEntries(
      Array.from({ length: Math.min(levels, BOOK_LEVELS) }, (_, i) => [
        [`bidPrice${i + 1}`, unknownable(`bids[${i}].price`)],
        [`bidQuantity${i + 1}`, unknownable(`bids[${i}].amount`)],
        [`askPrice${i + 1}`, unknownable(`asks[${i}].price`)],
        [`askQuantity${i + 1}`, unknownable(`asks[${i}].amount`)],
      ]).flat(),
    ),
  },
  facts,
  series: counted(bookSeries),
})

const quotes: Layout = {
  title: 'tardis quotes',
  kind: 'book',
  headers: [[...FIRST, 'ask_amount', 'ask_price', 'bid_price', 'bid_amount']],
  cells: {
    ...COMMON,
    bidPrice1: unknownable('bid_price'),
    bidQuantity1: unknownable('bid_amount'),
    askPrice1: unknownable('ask_price'),
    askQuantity1: unknownable('ask_amount'),
  },
  facts,
  series: counted(bookSeries),
}

const derivativeTicker: Layout = {
  title: 'tardis derivative_ticker',
  kind: 'funding',
  headers: [
    [
      ...FIRST,
      ...['funding_timestamp', 'funding_rate', 'predicted_funding_rate', 'open_interest'],
      ...['last_price', 'index_price', 'mark_price'],
    ],
  ],
  cells: {
    ...COMMON,
    fundingTimeMs: { as: 'time', from: 'funding_timestamp', unit: 'us', mayBeEmpty: true },
    rate: unknownable('funding_rate'),
    openInterest: unknownable('open_interest'),
  },
  facts,
  series: counted(derivativeTickerSeries),
}

const refused = (title: string, header: readonly string[], why: string): Layout => ({
  title,
  kind: 'book',
  headers: [[...FIRST, ...header]],
  cells: {},
  refused: why,
})

const DATASETS =
  'incremental_book_L2|book_snapshot_25|book_snapshot_5|trades|quotes|derivative_ticker|liquidations|options_chain'
/** As its clients name files, and as its URLs are made. */
const NAME = new RegExp(
  `(?:^|[_/\\\\])(?<dataset>${DATASETS})[_/\\\\]\\d{4}[-/\\\\]\\d\\d[-/\\\\]\\d\\d[_/\\\\][^/\\\\]+$`,
)
const SAMPLE = new RegExp(`_(?<dataset>${DATASETS})_[^_]+\\.csv(?:\\.gz)?$`)

function nameFacts(path: string): NameFacts | null {
  const dataset = (NAME.exec(path) ?? SAMPLE.exec(basename(path)))?.groups?.dataset
  return dataset === undefined ? null : { dataset }
}

/**
 * Tardis.dev's downloadable CSV files, a day each.
 * @see https://docs.tardis.dev/downloadable-csv-files
 */
export const tardis: Format = {
  name: 'tardis',
  layouts: [
    trades('trades', 'trade'),
    trades('liquidations', 'liquidation'),
    snapshots(5),
    snapshots(25),
    quotes,
    derivativeTicker,
    refused(
      'tardis incremental_book_L2',
      ['is_snapshot', 'side', 'price', 'amount'],
      'it holds changes of single levels, from which books must be rebuilt first. Get book_snapshot_25 or book_snapshot_5 of the same day',
    ),
  ],
  nameFacts,
}
