import type { BenchArguments } from './arguments.ts'
import type { SuiteResult } from './report.ts'

type Suite = (o: BenchArguments) => Promise<SuiteResult>

/** By name; each is loaded when it is asked for. */
export const SUITES = {
  data: async o => (await import('./data/suite.ts')).benchData(o),
  engines: async o => (await import('./engines/suite.ts')).benchEngines(o),
  features: async o => (await import('./features/suite.ts')).benchFeatures(o),
} as const satisfies Record<string, Suite>
