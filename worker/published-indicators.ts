export { tradingSignals } from '../sdk/feature/family/indicator/trading-signals.ts'
