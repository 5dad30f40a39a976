import type { Command } from 'commander'
import { openRunContext, type RunFlags, runVerb } from './open-run-context.ts'

export function evaluateCommand(): Command {
  return runVerb('evaluate', "judge a run's bundle out of sample, write its scores into it, and the report").action(
    async (flags: RunFlags) => {
      const context = await openRunContext(flags)
      const { evaluateStage } = await import('./stage/judging.ts')
      const { reportStage } = await import('./stage/reporting.ts')
      await reportStage(context, await evaluateStage(context), [])
      context.terminal.stage('next', `npm run trainer -- backtest --run ${context.run.id}`)
      process.exit(0)
    },
  )
}
