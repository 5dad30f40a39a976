import { excerpt, fileError } from './file-error.ts'
import { GrowingColumn } from './growing-column.ts'
import type { Cell, Rows } from './layout.ts'
import { parseDecimal, textOf } from './parse-decimal.ts'
import { parseTime, whyNoTime } from './parse-time.ts'
import { fieldCountRemedy, valueRemedy } from './remedy-of-line.ts'

const NO_VALUE = /^(?:|null|nan)$/i

/** Takes the field in bytes `start … end`; says what is wrong with it, or null. */
type TakeField = (bytes: Uint8Array, start: number, end: number) => FieldProblem | null

interface FieldProblem {
  readonly code: 'CSV_NUMBER' | 'CSV_TIME' | 'CSV_VALUE'
  /** To be read after `"value" `. */
  readonly problem: string
}

interface Sink {
  readonly take: TakeField
  readonly column: () => Float64Array | readonly string[]
}

/** Reads the rows of a file straight from its bytes into a column per cell. */
export class RowReader {
  readonly #path: string
  readonly #header: readonly string[]
  readonly #separator: number
  readonly #sinks = new Map<string, Sink>()
  readonly #same: Record<string, string> = {}
  /** By position in a line; null where a column is not wanted. */
  readonly #takers: (TakeField | null)[]
  /** Where fields begin; a field ends a byte before the next begins. */
  readonly #starts: Int32Array
  #length = 0

  constructor(path: string, header: readonly string[], separator: string, cells: Readonly<Record<string, Cell>>) {
    this.#path = path
    this.#header = header
    this.#separator = separator.charCodeAt(0)
    this.#starts = new Int32Array(header.length + 2)
    const wanted = new Map<string, TakeField[]>()
    for (const [name, cell] of Object.entries(cells)) {
      const sink = this.#sinkOf(name, cell)
      this.#sinks.set(name, sink)
      wanted.set(cell.from, [...(wanted.get(cell.from) ?? []), sink.take])
    }
    this.#takers = header.map(name => allOf(wanted.get(name) ?? []))
  }

  /** @throws SourceError `CSV_FIELD_COUNT`, `CSV_NUMBER`, `CSV_TIME`, `CSV_VALUE` */
  takeLine(bytes: Uint8Array, start: number, end: number, line: number): void {
    const starts = this.#starts
    const expected = this.#takers.length
    let fields = 1
    starts[0] = start
    for (let i = start; i < end && fields <= expected; i++) if (bytes[i] === this.#separator) starts[fields++] = i + 1
    if (fields !== expected) throw this.#fieldCount(textOf(bytes, start, end), line)
    starts[fields] = end + 1
    for (let i = 0; i < expected; i++) {
      const take = this.#takers[i]
      if (take === null) continue
      const problem = take(bytes, starts[i], starts[i + 1] - 1)
      if (problem !== null) throw this.#badField(problem, textOf(bytes, starts[i], starts[i + 1] - 1), i, line)
    }
    this.#length++
  }

  rows(): Rows {
    const columns: Record<string, Float64Array | readonly string[]> = {}
    for (const [name, { column }] of this.#sinks) columns[name] = column()
    return { length: this.#length, columns, same: this.#same }
  }

  #sinkOf(name: string, cell: Cell): Sink {
    switch (cell.as) {
      case 'text':
        return textSink(cell.mayBeEmpty === true)
      case 'same':
        return this.#sameSink(name)
      case 'word':
        return wordSink(cell.words)
      case 'time':
        return numberSink((bytes, start, end) => parseTime(bytes, start, end, cell.unit), {
          mayBeEmpty: cell.mayBeEmpty === true,
          describe: text => ({ code: 'CSV_TIME', problem: whyNoTime(text, cell.unit) }),
        })
      case 'number':
        return numberSink(parseDecimal, {
          mayBeEmpty: cell.mayBeEmpty === true,
          describe: () => ({ code: 'CSV_NUMBER', problem: 'is not a decimal number' }),
        })
    }
  }

  #sameSink(name: string): Sink {
    const take: TakeField = (bytes, start, end) => {
      const text = textOf(bytes, start, end)
      const first = this.#same[name]
      if (first === undefined) this.#same[name] = text
      else if (text !== first) {
        return { code: 'CSV_VALUE', problem: `follows "${first}": the file mixes series. Split it, one ${name} a file` }
      }
      return null
    }
    return { take: unlessRepeated(take), column: () => [] }
  }

  #fieldCount(text: string, line: number) {
    const separator = String.fromCharCode(this.#separator)
    const count = text === '' ? 0 : text.split(separator).length
    return fileError(
      'CSV_FIELD_COUNT',
      { path: this.#path, line, value: excerpt(text) },
      `found ${count} fields in "${excerpt(text)}"; expected ${this.#header.length} (${excerpt(this.#header.join(','))}). ${fieldCountRemedy(text, separator, this.#header.length)}`,
    )
  }

  #badField({ code, problem }: FieldProblem, text: string, position: number, line: number) {
    return fileError(
      code,
      { path: this.#path, line, field: this.#header[position], value: excerpt(text) },
      `"${excerpt(text)}" ${problem}. ${valueRemedy(text)}`,
    )
  }
}

function allOf(takers: readonly TakeField[]): TakeField | null {
  if (takers.length < 2) return takers[0] ?? null
  return (bytes, start, end) => {
    for (const take of takers) {
      const problem = take(bytes, start, end)
      if (problem !== null) return problem
    }
    return null
  }
}

function numberSink(
  parse: (bytes: Uint8Array, start: number, end: number) => number,
  o: { readonly mayBeEmpty: boolean; readonly describe: (text: string) => FieldProblem },
): Sink {
  const column = new GrowingColumn()
  return {
    take(bytes, start, end) {
      const value = parse(bytes, start, end)
      if (Number.isNaN(value)) {
        const text = textOf(bytes, start, end)
        if (!o.mayBeEmpty || !NO_VALUE.test(text)) return o.describe(text)
      }
      column.push(value)
      return null
    },
    column: () => column.values(),
  }
}

function textSink(mayBeEmpty: boolean): Sink {
  const values: string[] = []
  return {
    take(bytes, start, end) {
      const text = textOf(bytes, start, end)
      if (text === '' && !mayBeEmpty) return { code: 'CSV_VALUE', problem: 'is empty' }
      if (text.includes('\0')) return { code: 'CSV_VALUE', problem: 'is no text' }
      values.push(text)
      return null
    },
    column: () => values,
  }
}

function wordSink(words: Readonly<Record<string, number>>): Sink {
  const column = new GrowingColumn()
  const known = new Map(Object.entries(words))
  return {
    take(bytes, start, end) {
      const value = known.get(textOf(bytes, start, end).toLowerCase())
      if (value === undefined) return { code: 'CSV_VALUE', problem: `is none of ${[...known.keys()].join(', ')}` }
      column.push(value)
      return null
    },
    column: () => column.values(),
  }
}

/** Does without reading what is byte for byte what was read last. */
function unlessRepeated(take: TakeField): TakeField {
  let last = new Uint8Array(0)
  return (bytes, start, end) => {
    let i = 0
    while (i < last.length && last[i] === bytes[start + i]) i++
    if (i === last.length && i === end - start && i > 0) return null
    last = bytes.slice(start, end)
    return take(bytes, start, end)
  }
}
