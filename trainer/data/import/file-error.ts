import { SourceError } from '../../../sdk/errors.ts'

export type FileErrorCode =
  /** Cannot be opened or read. */
  | 'NO_SUCH_FILE'
  | 'EMPTY_FILE'
  /** UTF-16, or bytes that are no text. */
  | 'NOT_TEXT'
  | 'CORRUPT_GZIP'
  | 'CORRUPT_ZIP'
  /** The file is not the one that its checksum file describes. */
  | 'CHECKSUM'
  | 'CSV_HEADER'
  | 'CSV_FIELD_COUNT'
  | 'CSV_NUMBER'
  | 'CSV_TIME'
  | 'CSV_VALUE'
  /** The last line has no end. */
  | 'CSV_CUT_SHORT'
  /** An archive and the file in it are called by different series. */
  | 'NAMES_DIFFER'
  /** A layout that is known and cannot be used; the message says why. */
  | 'UNSUPPORTED_LAYOUT'
  /** Neither file nor flags tell exchange, symbol, timeframe or market. */
  | 'MISSING_FACT'

/** What is wrong with a file, and where. */
export function fileError(
  code: FileErrorCode,
  where: { readonly path: string; readonly line?: number; readonly field?: string; readonly value?: string },
  message: string,
): SourceError {
  const { path, line, field } = where
  const place = [path, line === undefined ? null : `line ${line}`, field ?? null].filter(part => part !== null)
  return new SourceError(code, `${place.join(', ')}: ${message}`, { where: path, ...where })
}

/** Short enough for a message; bytes that cannot be seen are written out. */
export function excerpt(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be made visible
  const visible = text.replace(/[\u0000-\u001f\u007f]/g, c => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return visible.length > 80 ? `${visible.slice(0, 77)}…` : visible
}
