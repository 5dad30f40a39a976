/** A table for a terminal: columns padded to their widest cell, figures (names in `right`) set to the right. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string[] {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map(row => row[i].length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (right.includes(header[i]) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd()
  return [header, ...rows].map(line)
}
