export { createBacktestReport } from '../sdk/backtest/create-backtest-report.ts'
export { ForecastCache } from './forecast-cache.ts'
