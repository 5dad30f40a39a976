import { BUNDLE_FILES, type BundleFiles } from './bundle.ts'
import type { Manifest } from './manifest.ts'
import { openBundle } from './open-bundle.ts'
import { sha256Hex } from './sha256.ts'

export interface WriteBundleOptions {
  readonly manifest: Omit<Manifest, 'files'>
  /** From `encodeWeights`. */
  readonly weights: Uint8Array
  /** From `encodeGolden`. */
  readonly golden: Uint8Array
  /** Markdown. */
  readonly modelCard: string
}

/**
 * Puts the files of a bundle together and opens them once: what is written can be read.
 * @throws BundleError as `openBundle`
 */
export async function writeBundle(o: WriteBundleOptions): Promise<BundleFiles> {
  const files = new Map<string, Uint8Array>([
    [BUNDLE_FILES.weights, o.weights],
    [o.manifest.golden.file, o.golden],
    [BUNDLE_FILES.modelCard, new TextEncoder().encode(o.modelCard)],
  ])
  const listed: Manifest['files'] = {}
  for (const [name, bytes] of files) listed[name] = { sha256: await sha256Hex(bytes), bytes: bytes.length }

  const manifest: Manifest = { ...o.manifest, files: listed }
  files.set(BUNDLE_FILES.manifest, new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`))
  await openBundle(files, `${manifest.name}@${manifest.version}`)
  return files
}
