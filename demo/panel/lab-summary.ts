import type { BacktestReport, Manifest } from 'edgequant'
import { h, why } from '../app/dom.ts'
import { formatCount, formatDate, formatShare } from '../app/format.ts'
import type { Market } from '../data/market.ts'

/** What a backtest's figures are worth: which period, seen or unseen, how often it acted, and after how many tries. */
export function labSummary(report: BacktestReport, manifest: Manifest, market: Market): HTMLElement[] {
  const { trials, deflatedSharpe, startTimeMs, endTimeMs, signals } = report
  const acted = signals.filter(signal => signal.kind === 'act').length
  return [
    h('span', { class: 'muted' }, `${formatDate(startTimeMs)} – ${formatDate(endTimeMs)}`),
    provenance(report, manifest, market),
    why(
      `At ${formatCount(acted)} of ${formatCount(signals.length)} candles the gate let the model act; at all others it abstained.`,
      `acted ${formatShare(acted / signals.length)}`,
    ),
    why(
      'Every setting you look at is a trial: the more one tries, the better the best looks by luck.',
      `${formatCount(trials)} ${trials === 1 ? 'trial' : 'trials'}`,
    ),
    why(
      deflatedSharpe.reason === null
        ? 'Deflated Sharpe ratio: the probability that the true Sharpe ratio exceeds what the best of that many trials would show by luck. Below 95 % it is not evidence.'
        : `No deflated Sharpe ratio: ${deflatedSharpe.reason}.`,
      `DSR ${deflatedSharpe.probability === null ? '–' : formatShare(deflatedSharpe.probability)}`,
    ),
  ]
}

/** Has the model seen this period, in training or in calibration? Of a simulated market the question makes no sense. */
function provenance({ startTimeMs }: BacktestReport, { training, calibration }: Manifest, market: Market): HTMLElement {
  const tag = (kind: 'tag' | 'tag tag-warning', text: string, sentence: string) =>
    h('span', { class: kind, tabindex: 0, 'data-why': sentence }, text)
  if (market.simulated) {
    return tag(
      'tag tag-warning',
      'simulated',
      'These candles are made up: the result says how the parts work together, and nothing about a real market.',
    )
  }
  const seenUntilMs = Math.max(training.period.endTimeMs, calibration.period.endTimeMs)
  const seen = `The model was trained and calibrated on data up to ${formatDate(seenUntilMs)}.`
  return startTimeMs < seenUntilMs
    ? tag('tag tag-warning', 'overlaps training', `${seen} It has seen part of this period, which flatters the result.`)
    : tag('tag', 'out of sample', `${seen} It has never seen this period.`)
}
