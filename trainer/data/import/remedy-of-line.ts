const GET_AGAIN = 'get the file again'
const END_REMOVED = 'Remove the separator at the end of the lines.'

/** A number with thousands in groups, as a whole field or, as it holds the separator, as several. */
const GROUPED = /(?:^|[,;"])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?=$|[,;"])/

/** What to do about a line that has another number of fields than the header. */
export function fieldCountRemedy(line: string, separator: string, expected: number): string {
  const fields = line.split(separator)
  if (fields.length < expected) return `The file may be truncated; ${GET_AGAIN}.`
  if (fields.length === expected + 1 && fields.at(-1) === '') return END_REMOVED
  if (separator === ',' && !line.includes('.')) {
    return 'The numbers seem to have decimal commas: write them with a point.'
  }
  if (separator === ',' && GROUPED.test(line)) {
    return 'A number seems to have thousands separators: write it without, as 1234567.8.'
  }
  return `A value may hold the separator: write it without, or ${GET_AGAIN}.`
}

/** What to do about a header that is of a known layout but for what stands at its end; null of any other. */
export const headerRemedy = (header: string, separator: string): string | null =>
  header.trimEnd().endsWith(separator) ? END_REMOVED : null

/** What to do about a value that cannot be read. */
export function valueRemedy(text: string): string {
  if (text.includes('\0')) return `These are NUL bytes: the file was not written to its end. Get it again.`
  if (/^"[^"]*"$/.test(text)) return 'Write the values without quotation marks.'
  if (/^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/.test(text) || /^[+-]?\d{1,3}(?:,\d{3}){2,}$/.test(text)) {
    return `Write numbers without thousands separators: ${text.replaceAll(',', '')}.`
  }
  if (/^[+-]?\d+,\d+$/.test(text)) return `Write numbers with a decimal point: ${text.replace(',', '.')}.`
  return `Correct or remove the line, or ${GET_AGAIN}.`
}
