import { describeMachine, type Machine } from './machine.ts'
import type { Table } from './report.ts'

const isWords = ({ words = [] }: Table, column: number): boolean => column === 0 || words.includes(column)

/** For a terminal: words to the left, figures to the right. */
export function printTable(table: Table): string {
  const { title, note, header, rows } = table
  const widths = header.map((cell, i) => Math.max(cell.length, ...rows.map(row => row[i]!.length)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (isWords(table, i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
  const rule = widths.map(width => '─'.repeat(width)).join('  ')
  return ['', title, ...(note ? [note] : []), rule, line(header), rule, ...rows.map(line), rule].join('\n')
}

function markdownTable(table: Table): string {
  const { title, note, header, rows } = table
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = header.map((_, i) => (isWords(table, i) ? '---' : '---:'))
  return [`### ${title}`, '', ...(note ? [note, ''] : []), line(header), line(rule), ...rows.map(line)].join('\n')
}

/**
 * The text with what stands between `<!-- bench:suite -->` and `<!-- /bench:suite -->` replaced by the tables.
 * @throws Error when the marks are not there
 */
export function replaceTables(text: string, suite: string, machine: Machine, tables: readonly Table[]): string {
  const [start, end] = [`<!-- bench:${suite} -->`, `<!-- /bench:${suite} -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`There is no section ${start} … ${end} to put the tables into.`)
  const section = [describeMachine(machine), ...tables.map(markdownTable)].join('\n\n')
  return `${text.slice(0, from + start.length)}\n${section}\n${text.slice(to)}`
}
