import { type CostModel, type Forecast, gateForecast, RiskManager, type RiskVerdict } from 'edgequant'
import type { AppStore, LabSettings } from '../app/state.ts'

/** Half the spread plus impact, assumed for every fill. */
export const SLIPPAGE_BPS = 1

export const costsOf = (settings: LabSettings): CostModel => ({ feeBps: settings.feeBps, slippageBps: SLIPPAGE_BPS })

/** The paper account that suggestions are checked against: flat, with its equity at its peak. */
export const PAPER_ACCOUNT = { positionBase: 0, equityQuote: 10_000, peakEquityQuote: 10_000 }

export const PAPER_LIMITS = {
  maxNotionalQuote: 10_000,
  maxDrawdownFraction: 0.2,
  maxDataAgeMs: 2 * 3_600_000,
}

const riskManager = new RiskManager(PAPER_LIMITS)

/** A tenth of the account a trade. */
const ORDER_FRACTION = 0.1

function checkOrder(forecast: Forecast, side: 'buy' | 'sell', nowMs: number): RiskVerdict {
  const quantityBase = (PAPER_ACCOUNT.equityQuote * ORDER_FRACTION) / forecast.close
  return riskManager.check({ symbol: forecast.symbol, side, quantityBase }, PAPER_ACCOUNT, {
    price: forecast.close,
    dataTimeMs: forecast.asOfMs,
    nowMs,
  })
}

/** Gates each forecast with the current settings and checks the order it suggests against the limits. */
export function createDeciding(store: AppStore): void {
  store.watch(['forecast', 'settings'], ({ forecast, settings, manifest, nowMs }) => {
    if (!forecast || !manifest || settings.horizonCandles === null) return
    const decision = gateForecast(forecast, {
      thresholds: manifest.gate,
      costs: costsOf(settings),
      horizonCandles: settings.horizonCandles,
      edgeMultiplier: settings.edgeMultiplier,
    })
    const verdict = decision.kind === 'act' ? checkOrder(forecast, decision.side, nowMs) : null
    store.update({ decision, verdict })
  })
}
