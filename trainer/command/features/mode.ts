import type { Terminal } from '../terminal.ts'

/** One of the things that `trainer features` does; a flag asks for it. */
export interface FeatureMode {
  /** As it is called among the command's options, e.g. `search` for `--search`. */
  readonly flag: string
  run(terminal: Terminal): Promise<void>
}
