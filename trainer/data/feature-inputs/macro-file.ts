import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { MacroSeries } from '../../../sdk/feature/input/input-source.ts'
import { ALL_TIMES, type InputEvents } from '../../../sdk/feature/input/source-follower.ts'
import { openFileBytes } from '../import/file-bytes.ts'
import { excerpt, fileError } from '../import/file-error.ts'

/** How a file of daily values is named. */
export const MACRO_FILE_NAME = '<SERIES>_1d_….csv or .csv.gz, with the columns date and close'

const DATE = /^\d{4}-\d\d-\d\d$/
const NUMBER = /^\d+(?:\.\d+)?$/

/** The file of a series in a folder; null where there is none. */
export async function findMacroFile(folder: string, series: MacroSeries): Promise<string | null> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw fileError('NO_SUCH_FILE', { path: folder }, `cannot be read (${error.code}). Give a folder that exists.`)
  })
  const name = names.sort().find(file => file.startsWith(`${series}_1d`) && /\.csv(?:\.gz)?$/.test(file))
  return name === undefined ? null : join(folder, name)
}

/**
 * Daily closes of a file, by the date of the session.
 * @throws SourceError `NO_SUCH_FILE`, `CORRUPT_GZIP`, `CSV_HEADER`, `CSV_TIME`, `CSV_NUMBER`
 */
export async function readMacroFile(path: string): Promise<InputEvents> {
  const [header, ...lines] = (await textOf(path)).trim().split(/\r?\n/)
  const names = header.toLowerCase().split(',')
  const [date, close] = [names.indexOf('date'), names.indexOf('close')]
  if (date < 0 || close < 0) {
    throw fileError(
      'CSV_HEADER',
      { path, line: 1 },
      `the columns are ${excerpt(header)}; expected date and close among them, as in ${MACRO_FILE_NAME}.`,
    )
  }
  const rows = lines.map((line, i) => {
    const fields = line.split(',')
    const where = { path, line: i + 2 }
    return { timeMs: dateOf(fields[date], where), close: closeOf(fields[close], where) }
  })
  return {
    length: rows.length,
    columns: {
      timeMs: Float64Array.from(rows, row => row.timeMs),
      close: Float64Array.from(rows, row => row.close),
    },
    covered: ALL_TIMES,
  }
}

async function textOf(path: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of (await openFileBytes(path)).chunks) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}

function dateOf(text: string | undefined, where: { path: string; line: number }): number {
  const timeMs = text !== undefined && DATE.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(timeMs)) return timeMs
  throw fileError('CSV_TIME', { ...where, field: 'date' }, `"${excerpt(text ?? '')}" is no date; expected 2024-01-31.`)
}

function closeOf(text: string | undefined, where: { path: string; line: number }): number {
  const value = text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN
  if (value > 0) return value
  throw fileError('CSV_NUMBER', { ...where, field: 'close' }, `"${excerpt(text ?? '')}" is no price above 0.`)
}
