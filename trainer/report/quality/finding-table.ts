import { formatTimeMs } from '../../../sdk/units.ts'
import type { ActedFinding } from '../../data/quality/judged-series.ts'
import { integer } from '../format.ts'
import { type Html, html } from '../html.ts'

/** A finding and, where several series are in one table, whose. */
export interface ListedFinding extends ActedFinding {
  readonly series?: Html
}

/** Findings with what was done about them; on a phone each is a paragraph. */
export function findingTable(findings: readonly ListedFinding[]): Html {
  const hasSeries = findings.some(({ series }) => series !== undefined)
  return html`<div class="scroll"><table class="prose"><thead><tr>${hasSeries ? html`<th scope="col">Series</th>` : html``}<th scope="col">Check</th><th scope="col">Done</th><th scope="col">From (UTC)</th><th scope="col">Rows</th><th scope="col">What was found</th></tr></thead><tbody>${findings.map(
    ({ finding, action, series }) =>
      html`<tr>${series ? html`<th scope="row">${series}</th>` : html``}<td>${finding.check}</td><td><span class="act ${action}">${action}</span></td><td>${timeOf(finding)}</td><td class="figure">${integer(finding.rows)}</td><td class="text">${withTimes(finding.text)}</td></tr>`,
  )}</tbody></table></div>`
}

const timeOf = ({ range }: ListedFinding['finding']): Html =>
  html`<time datetime="${formatTimeMs(range.fromMs)}">${minuteOf(range.fromMs)}</time>`

/** The times in a sentence as people read them, each on one line. */
function withTimes(text: string): Html[] {
  return text
    .split(/(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z)/)
    .map((part, i) =>
      i % 2 === 1 ? html`<time datetime="${part}">${minuteOf(Date.parse(part))}</time>` : html`${part}`,
    )
}

/** `2024-01-31 07:00` */
const minuteOf = (timeMs: number): string => formatTimeMs(timeMs).slice(0, 16).replace('T', ' ')
