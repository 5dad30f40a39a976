/** Text that is already HTML. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Html | readonly Html[]

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** A figure and its unit stay on one line. */
const keepUnits = (text: string): string => text.replace(/(\d) (?=(?:%|h|min|bps|kB|s)(?![a-z]))/g, '$1\u00a0')

const toText = (value: Value): string => {
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(item => item.text).join('')
  return keepUnits(escapeText(String(value)))
}

/** Template tag: what is put in is escaped, unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((text, part, i) => text + toText(values[i - 1] as Value) + part))
}

/** A table with a header; the first column names the row. */
export function table(header: readonly string[], rows: readonly (readonly (string | Html)[])[], note?: string): Html {
  return html`<div class="scroll"><table>${note ? html`<caption>${note}</caption>` : html``}<thead><tr>${header.map(
    cell => html`<th scope="col">${cell}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map(cell => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`
}
