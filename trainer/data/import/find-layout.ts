import type { SourceError } from '../../../sdk/errors.ts'
import { excerpt, fileError } from './file-error.ts'
import type { Format, FormatName, Layout, NameFacts } from './layout.ts'
import { binance } from './layouts/binance.ts'
import { coinapi } from './layouts/coinapi.ts'
import { edgequant } from './layouts/edgequant.ts'
import { kaiko } from './layouts/kaiko.ts'
import { tardis } from './layouts/tardis.ts'
import { headerRemedy } from './remedy-of-line.ts'

const FORMATS: readonly Format[] = [edgequant, binance, tardis, coinapi, kaiko]

export interface FoundLayout {
  readonly format: Format
  readonly layout: Layout
  readonly name: NameFacts
  /** The file's, or the one it would have. */
  readonly header: readonly string[]
  readonly separator: string
  readonly hasHeader: boolean
}

type Candidate = Omit<FoundLayout, 'name'> & { readonly name: NameFacts | null }

/**
 * The layout of a file by its first line; where that leaves a choice, by its name.
 * @throws SourceError `CSV_HEADER`, `UNSUPPORTED_LAYOUT`, `MISSING_FACT`
 */
export function findLayout(path: string, firstLine: string, asked: FormatName | undefined): FoundLayout {
  const separator = firstLine.includes(';') ? ';' : ','
  const fields = firstLine.split(separator).map(field => field.trim())
  const candidates = FORMATS.flatMap(format => candidatesOf(format, path, fields, separator))
  const fitting = candidates.filter(({ format }) => asked === undefined || format.name === asked)
  if (fitting.length === 0) throw unknownHeader({ path, firstLine, separator, fields, asked, others: candidates })
  const found = choose(fitting)
  if (found === null) throw ambiguous(path, fitting)
  const name = found.name ?? {}
  const refused = found.layout.refused ?? found.format.refused?.(name, path) ?? null
  if (refused !== null) {
    throw fileError(
      'UNSUPPORTED_LAYOUT',
      { path },
      `this is ${found.layout.title}, which cannot be imported: ${refused}.`,
    )
  }
  return { ...found, name }
}

function candidatesOf(format: Format, path: string, fields: readonly string[], separator: string): Candidate[] {
  const name = format.nameFacts(path)
  const lower = fields.map(field => field.toLowerCase())
  const isData = /^[-+]?\d/.test(fields[0])
  return format.layouts.flatMap(layout => {
    const header = layout.headers.find(h =>
      isData
        ? h.length === fields.length && layout.withoutHeader?.includes(name?.dataset ?? '')
        : h.length === fields.length && h.every((column, i) => column.toLowerCase() === lower[i]),
    )
    return header === undefined ? [] : [{ format, layout, name, header, separator, hasHeader: !isData }]
  })
}

/** Of layouts with one header: that of which the name speaks, else the one that is not told by names. */
function choose(candidates: readonly Candidate[]): Candidate | null {
  if (candidates.length === 1) return candidates[0]
  const named = candidates.filter(
    ({ layout, name }) => name !== null && (layout.dataset ?? name.dataset) === name.dataset,
  )
  const unnamed = candidates.filter(({ layout }) => layout.dataset === undefined)
  return named[0] ?? unnamed[0] ?? null
}

function ambiguous(path: string, candidates: readonly Candidate[]): SourceError {
  const [first] = candidates
  return fileError(
    'MISSING_FACT',
    { path },
    `the header fits ${candidates.map(({ layout }) => layout.title).join(' and ')}, and the name does not tell which it is. Name the file as ${first.format.name} does, with _${candidates.map(({ layout }) => layout.dataset).join('_ or _')}_ in it.`,
  )
}

function unknownHeader(o: {
  readonly path: string
  readonly firstLine: string
  readonly separator: string
  readonly fields: readonly string[]
  readonly asked: FormatName | undefined
  readonly others: readonly Candidate[]
}): SourceError {
  const { path, firstLine, separator, fields, asked, others } = o
  const where = { path, line: 1, value: excerpt(firstLine) }
  const isData = /^[-+]?\d/.test(fields[0])
  const is = isData ? `there is no header; line 1 is "${excerpt(firstLine)}"` : `the header is "${excerpt(firstLine)}"`
  const other = others[0]
  if (other !== undefined) {
    const { title } = other.layout
    return fileError(
      'CSV_HEADER',
      where,
      `${is}; this looks like ${title}, not ${asked}: --format ${other.format.name}.`,
    )
  }
  const formats = FORMATS.filter(({ name }) => asked === undefined || name === asked)
  const nearest = nearestHeader(
    fields,
    formats.flatMap(({ layouts }) => layouts),
  )
  const expected = `"${excerpt(nearest.header.join(','))}" (${nearest.layout.title})`
  const remedy = isData
    ? 'Add the header line, or give the file the name it came with.'
    : (headerRemedy(firstLine, separator) ?? `Known are ${formats.map(titles).join('; ')}.`)
  return fileError('CSV_HEADER', where, `${is}; expected ${isData ? 'a header' : 'one'} like ${expected}. ${remedy}`)
}

/** `edgequant candles, funding, trades` */
function titles({ name, layouts }: Format): string {
  const names = layouts.filter(({ refused }) => refused === undefined).map(({ title }) => title.replace(`${name} `, ''))
  return `${name} ${[...new Set(names)].join(', ')}`
}

/** The layout that shares the most columns with these. */
function nearestHeader(fields: readonly string[], layouts: readonly Layout[]) {
  const columns = new Set(fields.map(field => field.toLowerCase()))
  return layouts
    .flatMap(layout => layout.headers.map(header => ({ layout, header })))
    .map(entry => {
      const shared = entry.header.filter(column => columns.has(column.toLowerCase())).length
      return { ...entry, shared: shared / Math.max(columns.size, entry.header.length) }
    })
    .reduce((best, entry) => (entry.shared > best.shared ? entry : best))
}
