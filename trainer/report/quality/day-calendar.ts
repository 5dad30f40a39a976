import type { PeriodScore } from '../../../sdk/candle/quality/score-periods.ts'
import { DAY_MS } from '../../../sdk/units.ts'
import { Html, html } from '../html.ts'
import { bandOf } from './bands.ts'
import { describePeriod } from './month-map.ts'

const CELL = 12
const GAP = 2
/** Half a year touches at most 27 weeks. */
const WEEKS = 27
const TOP = 12
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Every day of a series, half a year a drawing: two fill a page, one a phone. Drawn by hand rather than by echarts: a day that
 * is not perfect has a title, and the others, which need none, are drawn together, so that a year is a few kB.
 */
export function dayCalendar(days: readonly PeriodScore[]): Html {
  const halves = new Map<string, PeriodScore[]>()
  for (const day of days) {
    const date = new Date(day.startMs)
    const key = `${date.getUTCFullYear()}-${date.getUTCMonth() < 6 ? 1 : 7}`
    halves.set(key, [...(halves.get(key) ?? []), day])
  }
  return html`<div class="calendar">${[...halves].map(([key, scores]) => halfYear(key, scores))}</div>`
}

function halfYear(key: string, days: readonly PeriodScore[]): Html {
  const [year, month] = key.split('-').map(Number)
  const startMs = Date.UTC(year, month - 1)
  const endMs = Date.UTC(year, month + 5)
  // weeks begin on Monday
  const mondayMs = startMs - ((new Date(startMs).getUTCDay() + 6) % 7) * DAY_MS
  const at = (dayMs: number) => {
    const day = Math.round((dayMs - mondayMs) / DAY_MS)
    return { x: Math.floor(day / 7) * CELL, y: TOP + (day % 7) * CELL }
  }
  const known = new Set(days.map(day => day.startMs))
  const unknown: number[] = []
  for (let dayMs = startMs; dayMs < endMs; dayMs += DAY_MS) if (!known.has(dayMs)) unknown.push(dayMs)
  const perfect = days.filter(day => day.score === 100).map(day => day.startMs)
  const others = days.filter(day => day.score < 100)
  const size = CELL - GAP
  // days of a week below each other are one shape; the lines between them are drawn over all weeks at once
  const columns = (name: string, times: readonly number[]): Html => {
    const path: string[] = []
    for (let i = 0; i < times.length; ) {
      const { x, y } = at(times[i])
      let end = i + 1
      while (end < times.length && times[end] === times[end - 1] + DAY_MS && at(times[end]).x === x) end++
      path.push(`M${x} ${y}h${size}v${(end - i) * CELL - GAP}h-${size}z`)
      i = end
    }
    return path.length === 0 ? html`` : new Html(`<path class="${name}" d="${path.join('')}"/>`)
  }
  const lines = [1, 2, 3, 4, 5, 6].map(day => `M0 ${TOP + day * CELL - GAP / 2}h${WEEKS * CELL}`).join('')
  const names = Array.from({ length: 6 }, (_, i) => {
    const { x } = at(Date.UTC(year, month - 1 + i, 7))
    return html`<text x="${x}" y="8">${MONTHS[month - 1 + i]}</text>`
  })
  const half = `${MONTHS[month - 1]} – ${MONTHS[month + 4]} ${year}`
  const label = `${half}: ${days.length} days, ${others.length} of them below 100 points`
  return html`<figure><figcaption>${half}</figcaption><svg viewBox="0 0 ${WEEKS * CELL} ${TOP + 7 * CELL}" role="img" aria-label="${label}">${names}${columns('none', unknown)}${columns('q0', perfect)}${new Html(`<path class="between" d="${lines}"/>`)}${others.map(
    day =>
      html`<rect class="${bandOf(day.score).name}" x="${at(day.startMs).x}" y="${at(day.startMs).y}" width="${size}" height="${size}"><title>${describePeriod(day)}</title></rect>`,
  )}</svg></figure>`
}
