/** How much there is to do in a run. */
export interface RunSize {
  readonly windows: number
  readonly stepWindows: number
  readonly pastRows: number
  readonly futureRows: number
}

/** One dispatch's shader. */
export interface Kernel {
  /** Of the blocks in it, for messages. */
  readonly name: string
  readonly code: string
  readonly workgroupBytes: number
  readonly invocations: number
  /** Rows (or windows) that a workgroup takes. */
  readonly rows: number
  readonly workgroups: (run: RunSize) => number
}
