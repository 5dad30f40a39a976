import { BUNDLE_FILES, type BundleFiles } from '../bundle/bundle.ts'
import { verifyFiles } from '../bundle/open-bundle.ts'
import { parseManifest } from '../bundle/parse-manifest.ts'
import { type FetchedBundle, fetchBundle } from './fetch-bundle.ts'
import type { LoadProgress, PredictionServiceOptions } from './service.ts'

/**
 * The verified files of the bundle that a service is to load, from its URL or as the app has them.
 * @throws as `fetchBundle`; BundleError `FILE_MISSING`
 */
export async function takeBundle(
  { bundle, cache = true, signal }: PredictionServiceOptions,
  onProgress: (progress: LoadProgress) => void,
): Promise<FetchedBundle> {
  if (typeof bundle === 'string') return fetchBundle({ url: bundle, cache, onProgress, signal })
  const where = 'the bundle given'
  const manifest = parseManifest(bundle.manifest, `${where}/${BUNDLE_FILES.manifest}`)
  const files: BundleFiles = new Map(Object.entries(bundle.files))
  await verifyFiles(files, manifest, where)
  return { files, manifest, where, cache: { kind: 'off', reusedFiles: 0, downloadedFiles: 0 } }
}
