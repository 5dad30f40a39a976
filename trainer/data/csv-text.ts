/** Lines of CSV: fields that need it in quotes, as RFC 4180 says, but lines ended as on Unix. */
export const csvText = (rows: readonly (readonly string[])[]): string =>
  rows.map(row => `${row.map(field).join(',')}\n`).join('')

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
