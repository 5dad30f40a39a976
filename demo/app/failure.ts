import { EdgeQuantError } from 'edgequant'

/** An error as the page shows it: what happened and what to do, with the stable code for a bug report. */
export interface Failure {
  readonly title: string
  readonly message: string
  readonly code: string
}

/** Errors of the SDK already quote the value, the place and the remedy; others are shown as they are. */
export function toFailure(title: string, error: unknown): Failure {
  if (error instanceof EdgeQuantError) return { title, message: error.message, code: error.code }
  return { title, message: error instanceof Error ? error.message : String(error), code: 'UNEXPECTED' }
}
