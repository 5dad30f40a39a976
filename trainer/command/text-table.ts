/** Lines of a table for a terminal: words to the left, figures to the right. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  figures: ReadonlySet<string>,
): string[] {
  const widths = header.map((title, i) => rows.reduce((width, row) => Math.max(width, row[i].length), title.length))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (figures.has(header[i]) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map(width => '─'.repeat(width))), ...rows.map(line)]
}
