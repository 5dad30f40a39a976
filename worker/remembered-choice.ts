import type { Bundle } from '../sdk/bundle/bundle.ts'
import { sha256Hex } from '../sdk/bundle/sha256.ts'
import type { AdapterFacts } from '../sdk/engine.ts'
import type { RememberedChoice } from '../sdk/store/engine-choice-store.ts'
import { VERSION } from '../sdk/version.ts'

/** Where a measured choice is kept from one load to the next. What cannot be read is measured again. */
export interface ChoiceStore {
  read(key: string): Promise<RememberedChoice | null>
  write(key: string, choice: RememberedChoice): Promise<void>
}

/** A measurement holds for one bundle on one device with one version of this package, and these options. */
export function choiceKey({ manifest }: Bundle, adapter: AdapterFacts | null, options: object): Promise<string> {
  const { userAgent = '', hardwareConcurrency = 0 } = globalThis.navigator ?? {}
  const files = Object.entries(manifest.files).map(([name, { sha256 }]) => [name, sha256])
  const facts = { VERSION, files: files.sort(), adapter, userAgent, hardwareConcurrency, options }
  return sha256Hex(new TextEncoder().encode(JSON.stringify(facts)))
}
