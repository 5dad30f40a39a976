import { EdgeQuantError } from '../../../sdk/errors.ts'

export type StoreErrorCode =
  /** Made by a newer version of this program. */
  | 'STORE_TOO_NEW'
  /** Not a store, or one whose description cannot be read. */
  | 'NOT_A_STORE'
  /** A file of it is damaged; the others stay readable. */
  | 'CORRUPT_PART'
  /** No right to read, or no disk. */
  | 'READ_FAILED'
  /** No space, or no right, to write. */
  | 'WRITE_FAILED'
  /** A page that does not fit the schema of its kind. */
  | 'BAD_PAGE'
  /** Nothing is stored under this key. */
  | 'NO_SUCH_SERIES'
  /** The query is not one that DuckDB understands. */
  | 'BAD_QUERY'

/** A market store that cannot be opened, read or written. */
export class StoreError extends EdgeQuantError {
  static override readonly errorName = 'StoreError'

  constructor(code: StoreErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(code, message, details)
  }
}
