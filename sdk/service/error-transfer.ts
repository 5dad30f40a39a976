import { transferHandlers } from 'comlink'
import { EdgeQuantError, type ErrorRecord, fromErrorRecord, toErrorRecord } from '../errors.ts'

/** comlink's own name for what a call throws. */
const THROWN = 'throw'

interface OurRecord {
  readonly edgeQuantError: ErrorRecord
}

let isInstalled = false

/**
 * Lets errors of this package keep class, code and details when comlink carries them; it would keep name, message and
 * stack alone. Call on both sides. Other errors, and other users of comlink on the page, are served as before.
 */
export function installErrorTransfer(): void {
  if (isInstalled) return
  isInstalled = true
  const usual = transferHandlers.get(THROWN)!
  transferHandlers.set(THROWN, {
    canHandle: usual.canHandle,
    serialize(thrown: unknown) {
      const { value } = thrown as { value: unknown }
      return value instanceof EdgeQuantError ? [{ edgeQuantError: toErrorRecord(value) }, []] : usual.serialize(thrown)
    },
    deserialize(record: OurRecord | object) {
      if ('edgeQuantError' in record) throw fromErrorRecord(record.edgeQuantError)
      return usual.deserialize(record)
    },
  })
}
