import { CHECK_TEXTS } from '../../data/quality/check-texts.ts'
import { QUALITY_WEIGHTS } from '../../data/quality/judge-series.ts'
import { SERIES_CHECKS, type SeriesPolicy } from '../../data/quality/series-finding.ts'
import { type Html, html } from '../html.ts'

const weightText = (weight: number): string => (Number.isFinite(weight) ? String(weight).replace('0.5', '½') : 'all')

/** Formula, weights, checks and policy: what is needed to compute a score by hand. */
export function howScored(policy: SeriesPolicy, maxGapCandles: number): Html {
  return html`<section id="scores"><h2>How scores are made</h2>
<p>Each month and each day begins with 100 points. Every check takes off 100 · weight · rows / expected, at most 100 (10 where nothing is lost: timeOrder, duplicateTime), where <em>rows</em> are those of the period that the check found and <em>expected</em> are those that belong into it, between the first and the last of the series. What is over 100 in sum is scaled down, so that the reasons always add up to what is missing. A weight of 4 is for rows that are lost: a month without a quarter of its rows scores 0. 2 is for rows that are there and say nothing, 1 for what was mended without loss, ½ for what is unlikely and mostly true.</p>
<p>Rejected: the series is not used. Repaired: mended in what is read, marked there, with the rows as they came kept beside. Noted: neither. Gaps of up to ${maxGapCandles} candles are filled flat; longer ones stay.</p>
<div class="scroll"><table class="prose"><thead><tr><th scope="col">Check</th><th scope="col">Weight</th><th scope="col">Policy</th><th scope="col">Finds</th></tr></thead><tbody>${SERIES_CHECKS.map(
    check =>
      html`<tr><th scope="row">${check}</th><td>${weightText(QUALITY_WEIGHTS[check])}</td><td>${policy[check]}</td><td class="text">${CHECK_TEXTS[check]}</td></tr>`,
  )}</tbody></table></div></section>`
}
