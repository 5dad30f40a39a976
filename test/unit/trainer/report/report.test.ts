import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../../../trainer/evaluate/evaluation.ts'
import { renderModelCard } from '../../../../trainer/report/model-card.ts'
import { renderHtmlReport } from '../../../../trainer/report/render-html.ts'
import { renderMarkdownReport } from '../../../../trainer/report/render-markdown.ts'
import { findings } from '../../../../trainer/report/verdict.ts'
import { backtestOf, horizonOf, manifestOf, reportOf } from './run-report-fixture.ts'

const verdictsOf = (ratios: readonly (readonly [number, number])[], backtests = [backtestOf(0.05, 0.2, 0.6)]) => {
  const horizons = ratios.map(([toUnconditional, toEwma], i) => horizonOf(i + 1, toUnconditional, toEwma))
  const evaluation: Evaluation = {
    startTimeMs: 0,
    endTimeMs: 1,
    quantileLevels: [0.1, 0.5, 0.9],
    horizons,
    symbols: [],
  }
  return findings(evaluation, backtests, '1h').map(({ verdict }) => verdict)
}

describe('findings', () => {
  it('say by how much a baseline is beaten on every horizon', () => {
    expect(
      verdictsOf([
        [0.92, 0.97],
        [0.95, 0.98],
      ])[0],
    ).toEqual({
      tone: 'good',
      text: 'Beats the unconditional quantiles on every horizon: its pinball loss is 5.0 % to 8.0 % lower.',
    })
  })

  it('say plainly that a baseline is not beaten', () => {
    const [worse] = verdictsOf([
      [1.05, 1],
      [1.1, 1],
    ])
    expect(worse).toMatchObject({ tone: 'bad', text: expect.stringContaining('Does not beat') })
    const [unclear] = verdictsOf([
      [0.995, 1],
      [1.001, 1],
    ])
    expect(unclear.text).toBe(
      'Does not beat the unconditional quantiles: on every horizon the difference is within its error.',
    )
  })

  it('name the horizons where the model is better, worse, and not told apart', () => {
    expect(
      verdictsOf([
        [0.9, 0.95],
        [0.9, 1.0],
        [0.9, 1.05],
      ])[1],
    ).toEqual({
      tone: 'mixed',
      text: 'Beats EWMA-volatility quantiles on 1 of 3 horizons only: better at 1 h; worse at 3 h; no clear difference at 2 h.',
    })
  })

  it('call a return that is more than the baselines, but may be luck, no evidence', () => {
    const [, , , trading] = verdictsOf([[0.9, 0.9]], [backtestOf(0.5, 0.2, 0.6)])
    expect(trading.tone).toBe('mixed')
    expect(trading.text).toMatch(/Earned more than Buy & Hold \(\+20\.0 %\).*no evidence of skill/)
  })

  it('say that Buy & Hold was not beaten', () => {
    const [, , , trading] = verdictsOf([[0.9, 0.9]], [backtestOf(0.05, 0.2, 0.6)])
    expect(trading.text).toMatch(/^Does not beat Buy & Hold \(\+20\.0 %\): \+5\.0 % after costs/)
  })

  it('say that the gate never acted', () => {
    const [, , , trading] = verdictsOf([[0.9, 0.9]], [backtestOf(0, 0.2, null, 0)])
    expect(trading.text).toMatch(/^The gate never acted/)
  })
})

describe('renderHtmlReport', () => {
  it('asks nothing of the network and runs no script', () => {
    const page = renderHtmlReport(reportOf())
    const addresses = [...page.matchAll(/(?:https?:)?\/\/[^\s"'<)]+/g)].map(([address]) => address)
    expect(addresses.filter(address => !address.startsWith('http://www.w3.org/'))).toEqual([])
    expect(page).not.toMatch(/<script|<link|<img|@import|url\((?!#)/)
  })

  it('serves dark and light readers with one drawing', () => {
    const page = renderHtmlReport(reportOf())
    expect(page).toContain('prefers-color-scheme: light')
    expect(page).toContain('var(--accent)')
  })

  it('escapes what it quotes', () => {
    const page = renderHtmlReport(reportOf())
    expect(page).toContain('Candles of &lt;one&gt; symbol.')
    expect(page).toContain('Not kept: &lt;worse&gt;.')
  })

  it('tags a simulated market where nobody can miss it, and only that', () => {
    expect(renderHtmlReport(reportOf({ simulated: true }))).toMatch(/simulated market.*These are not real prices/s)
    expect(renderHtmlReport(reportOf())).not.toContain('simulated market')
  })

  it('shows costs, intervals, trials and the deflated Sharpe ratio beside every backtest', () => {
    const page = renderHtmlReport(reportOf()).replaceAll('\u00a0', ' ')
    expect(page).toContain('5 bps fee and 1 bps slippage')
    expect(page).toContain('+5.0 % (−10.0 % … +30.0 %)')
    expect(page).toContain('luck of 3 trials')
    expect(page).toContain('Buy &amp; Hold')
  })

  it('says why a figure is undefined instead of drawing 0', () => {
    const page = renderHtmlReport(reportOf({ backtests: [backtestOf(0, 0.2, null, 0)] }))
    expect(page).toContain('Deflated Sharpe ratio: undefined (it never traded)')
    expect(page).toContain('calmar: less than a year')
  })

  it('can be written before there is a backtest', () => {
    expect(renderHtmlReport(reportOf({ backtests: [] }))).toContain('this run was evaluated only')
  })
})

describe('renderMarkdownReport', () => {
  it('has the figures of the page', () => {
    const text = renderMarkdownReport(reportOf({ simulated: true }))
    expect(text).toContain('**Simulated market: these are not real prices.**')
    expect(text).toContain(
      '| 1 h | 18.40 | 0.920 (0.910 … 0.930) | 0.970 (0.960 … 0.980) | 0.790 | 0.780 | 0.800 | – | 1,000 |',
    )
    expect(text).toContain('| Buy & Hold | +20.0 % (−10.0 % … +30.0 %)')
  })
})

describe('renderModelCard', () => {
  it('names purpose, data, training, evaluation, limits and how to reproduce', () => {
    const card = renderModelCard(manifestOf(false))
    for (const section of ['Purpose', 'Model', 'Data and training', 'Evaluation', 'Limits', 'Reproduce']) {
      expect(card).toContain(`## ${section}`)
    }
    expect(card).toContain('ab'.repeat(32))
    expect(card).toContain('| 24 h | 19.20 | 0.960 | 1.020 |')
  })

  it('lists what else a reader must know among the limits', () => {
    const card = renderModelCard(manifestOf(false), ['Seen before.'])
    expect(card.slice(card.indexOf('## Limits'), card.indexOf('## Reproduce'))).toContain('\n- Seen before.\n')
  })

  it('says where a baseline is not beaten', () => {
    expect(renderModelCard(manifestOf(false))).toContain('**It does not beat EWMA-volatility quantiles at 24 h.**')
  })

  it('tags a simulated market, and a model that was not evaluated', () => {
    expect(renderModelCard(manifestOf(true))).toContain('**Simulated market.**')
    const manifest = manifestOf(false)
    const card = renderModelCard({ ...manifest, evaluation: { ...manifest.evaluation, horizons: [] } })
    expect(card).toContain('Not evaluated yet.')
  })
})
