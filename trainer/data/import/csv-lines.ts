import { fileError } from './file-error.ts'

const NEWLINE = 10
const CARRIAGE_RETURN = 13
/** No line of market data is longer; what has none that end is no text. */
const MOST_LINE_BYTES = 1 << 20

/** A line of a file: bytes `start … end` (not included), without its end. `line` counts from 1. */
export type TakeLine = (bytes: Uint8Array, start: number, end: number, line: number) => void

export interface LinesRead {
  readonly lines: number
  /** Whether the last line had its end. */
  readonly ended: boolean
}

/** Gives a file's lines one after the other, without a copy of each; empty ones at its end are left out. */
export async function readLines(chunks: AsyncIterable<Uint8Array>, path: string, take: TakeLine): Promise<LinesRead> {
  let line = 0
  let empty = 0
  /** Begun in chunks before. */
  let rest = Buffer.alloc(0)
  const give = (bytes: Uint8Array, start: number, end: number) => {
    const last = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
    if (last === start) {
      empty++
      return
    }
    // They were not at the end after all.
    for (; empty > 0; empty--) take(bytes, start, start, ++line)
    take(bytes, start, last, ++line)
  }
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    let start = 0
    let end = bytes.indexOf(NEWLINE)
    if (rest.length > 0 && end >= 0) {
      const whole = Buffer.concat([rest, bytes.subarray(0, end)])
      give(whole, 0, whole.length)
      rest = Buffer.alloc(0)
      start = end + 1
      end = bytes.indexOf(NEWLINE, start)
    }
    for (; end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      give(bytes, start, end)
      start = end + 1
    }
    rest = Buffer.concat([rest, bytes.subarray(start)])
    if (rest.length > MOST_LINE_BYTES) {
      throw fileError(
        'NOT_TEXT',
        { path, line: line + 1 },
        `the line is longer than ${MOST_LINE_BYTES} bytes; expected text with one row a line.`,
      )
    }
  }
  const ended = rest.length === 0
  if (!ended) give(rest, 0, rest.length)
  return { lines: line, ended }
}
