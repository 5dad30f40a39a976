import type { RiskVerdict } from 'edgequant'
import { fill, h } from '../app/dom.ts'
import { formatCount, formatQuantity, formatShare } from '../app/format.ts'
import type { AppStore } from '../app/state.ts'
import { PAPER_ACCOUNT, PAPER_LIMITS } from '../control/deciding.ts'

const LIMITS_SENTENCE = `Paper account of ${formatCount(PAPER_ACCOUNT.equityQuote)} in quote currency. Limits: position up to ${formatCount(PAPER_LIMITS.maxNotionalQuote)}, drawdown up to ${formatShare(PAPER_LIMITS.maxDrawdownFraction)}, data no older than ${PAPER_LIMITS.maxDataAgeMs / 3_600_000} h.`

/** The order the decision suggests, and whether the risk limits let it pass. Nothing is ever sent anywhere. */
export function createOrderCheck(store: AppStore): HTMLElement {
  const body = h('div', {})
  store.watch(['verdict', 'decision'], ({ verdict, decision }) => {
    if (verdict) fill(body, orderLine(verdict), riskLine(verdict))
    else if (decision)
      fill(body, h('p', { class: 'empty' }, 'No order is suggested, so there is nothing for the risk limits to check.'))
    else fill(body, h('p', { class: 'empty' }, 'Orders are suggested once there is a decision.'))
  })
  return h(
    'div',
    { class: 'order' },
    h('h2', { tabindex: 0, 'data-why': LIMITS_SENTENCE }, 'Order · paper account'),
    body,
  )
}

function orderLine({ order }: RiskVerdict): HTMLElement {
  const [base] = order.symbol.split('/')
  return h(
    'p',
    {},
    `${order.side === 'buy' ? 'Buy' : 'Sell'} ${formatQuantity(order.quantityBase)} ${base} at the next open`,
  )
}

function riskLine(verdict: RiskVerdict): HTMLElement {
  return verdict.kind === 'allowed'
    ? h('p', { class: 'risk allowed' }, '✓ Risk: allowed, within every limit')
    : h(
        'ul',
        { class: 'risk denied' },
        ...verdict.denials.map(denial => h('li', { 'data-code': denial.code }, `✕ Risk: denied. ${denial.text}`)),
      )
}
