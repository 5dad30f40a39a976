import cliProgress from 'cli-progress'
import { EdgeQuantError } from '../../sdk/errors.ts'

/** Where a verb says what it does: a progress bar on a terminal, plain lines in a log. */
export interface Terminal {
  /** One line of a stage, the stage's name in the margin. */
  stage(name: string, text: string): void
  /** A line that continues the last stage. */
  line(text: string): void
  progress(): ProgressBar
}

export interface ProgressBar {
  /** `fraction` 0 … 1; `facts` is a short text, e.g. the loss. */
  update(fraction: number, facts: string): void
  stop(): void
}

const MARGIN = 11
const BAR_WIDTH = 28
/** In a log, progress is a line per this share. */
const LOG_STEP = 0.1

export function createTerminal(out: NodeJS.WriteStream = process.stdout): Terminal {
  let drawing = false
  // A line written while a bar is drawn takes its place; the bar is drawn anew below.
  const write = (text: string) => out.write(drawing ? `\r\x1b[K${text}\n` : `${text}\n`)
  return {
    stage: (name, text) => write(`${bold(out, name.padEnd(MARGIN - 1))} ${text}`),
    line: text => write(`${' '.repeat(MARGIN)}${text}`),
    progress() {
      if (!out.isTTY) return log(write)
      drawing = true
      return bar(out, () => {
        drawing = false
      })
    },
  }
}

const bold = (out: NodeJS.WriteStream, text: string) =>
  out.isTTY && out.hasColors?.() && process.env.NO_COLOR === undefined ? `\x1b[1m${text}\x1b[22m` : text

function bar(out: NodeJS.WriteStream, onStop: () => void): ProgressBar {
  const drawn = new cliProgress.SingleBar(
    {
      format: `${' '.repeat(MARGIN)}{bar} {percentage} %  {facts}`,
      barsize: BAR_WIDTH,
      hideCursor: true,
      // Ctrl-C belongs to the verb, which has a checkpoint to write.
      gracefulExit: false,
      linewrap: false,
      stream: out,
    },
    cliProgress.Presets.shades_classic,
  )
  drawn.start(1, 0, { facts: '' })
  return {
    update: (fraction, facts) => drawn.update(fraction, { facts }),
    stop() {
      if (!drawn.isActive) return
      drawn.stop()
      onStop()
    },
  }
}

function log(write: (text: string) => void): ProgressBar {
  let next = LOG_STEP
  return {
    update(fraction, facts) {
      if (fraction < next) return
      write(`${' '.repeat(MARGIN)}${Math.floor(fraction * 100)} %  ${facts}`)
      next = (Math.floor(fraction / LOG_STEP + 1e-9) + 1) * LOG_STEP
    },
    stop: () => {},
  }
}

/** An error for people: code, message, and the stack only when asked for. Anything unexpected says how to see more. */
export function formatError(error: unknown, verbose: boolean): string {
  const known = error instanceof EdgeQuantError
  const title = known ? `${error.name} ${error.code}` : error instanceof Error ? error.name : 'Error'
  const message = error instanceof Error ? error.message : String(error)
  const body = message
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')
  const stack = verbose && error instanceof Error ? `\n\n${error.stack}` : ''
  const hint = known || verbose ? '' : '\n  Run again with --verbose to see where it came from.'
  return `\n${title}\n${body}${hint}${stack}\n`
}
