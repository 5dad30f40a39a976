import type { Command } from 'commander'
import { openRunContext, type RunFlags, runVerb } from './open-run-context.ts'

export function backtestCommand(): Command {
  return runVerb('backtest', "trade a run's forecasts out of sample beside the baselines, and write the report").action(
    async (flags: RunFlags) => {
      const context = await openRunContext(flags)
      const { backtestStage, evaluateStage } = await import('./stage/judging.ts')
      const { publishTestCandles } = await import('./stage/publishing.ts')
      const { reportStage } = await import('./stage/reporting.ts')
      const judged = await evaluateStage(context)
      await reportStage(context, judged, await backtestStage(context, judged))
      await publishTestCandles(context)
      context.terminal.stage('next', `npm run trainer -- serve --run ${context.run.id}`)
      process.exit(0)
    },
  )
}
