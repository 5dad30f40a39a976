import { AO, CMF, IQR, TSI, UltimateOscillator, VHF, VortexIndicator } from 'trading-signals'
import { tradingSignalsFamilies } from '../sdk/feature/family/indicator/trading-signals.ts'

export const TRADING_SIGNALS_FAMILIES = tradingSignalsFamilies({
  AO,
  CMF,
  IQR,
  TSI,
  UltimateOscillator,
  VHF,
  VortexIndicator,
})
