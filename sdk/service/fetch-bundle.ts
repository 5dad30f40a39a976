import { BUNDLE_FILES, type BundleFiles } from '../bundle/bundle.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { readManifest, verifyFile } from '../bundle/open-bundle.ts'
import { ServiceError, throwIfAborted } from '../errors.ts'
import { readStoredBundle, type StoredFiles, storeBundle } from '../store/bundle-store.ts'
import { fetchFile } from './fetch-file.ts'
import type { CacheReport, LoadProgress } from './service.ts'

export interface FetchBundleOptions {
  readonly url: string
  /** Use IndexedDB. */
  readonly cache: boolean
  readonly onProgress: (progress: LoadProgress) => void
  readonly signal: AbortSignal | undefined
}

export interface FetchedBundle {
  readonly files: BundleFiles
  readonly manifest: Manifest
  /** The folder, absolute. */
  readonly where: string
  readonly cache: CacheReport
}

/**
 * The files of a bundle, each verified: from the cache where their SHA-256 is the one that the manifest lists, else from
 * the network. The manifest itself is always asked for, so that a new one is noticed.
 * @throws ServiceError `INVALID_BUNDLE_URL`, `DOWNLOAD_FAILED`; BundleError; AbortedError
 */
export async function fetchBundle({ url, cache, onProgress, signal }: FetchBundleOptions): Promise<FetchedBundle> {
  const folder = folderUrl(url)
  const fileUrl = (name: string) => new URL(name, folder).href
  throwIfAborted(signal, `Loading ${folder.href}`)

  const progress = { phase: 'download', loadedBytes: 0, totalBytes: 0 } as const
  onProgress(progress)
  const manifestUrl = fileUrl(BUNDLE_FILES.manifest)
  const manifestBytes = await fetchFile(manifestUrl, { signal })
  const manifest = readManifest(manifestBytes, manifestUrl)
  const listed = Object.entries(manifest.files)
  const totalBytes = listed.reduce((sum, [, { bytes }]) => sum + bytes, manifestBytes.length)
  let loadedBytes = 0
  const onBytes = (bytes: number) => {
    loadedBytes += bytes
    // More than announced is an altered file, which is found out below; a bar beyond its end would help nobody.
    onProgress({ ...progress, loadedBytes: Math.min(loadedBytes, totalBytes), totalBytes })
  }
  onBytes(manifestBytes.length)

  const { kept, problem: readProblem } = cache
    ? await readKept(folder.href, manifest)
    : { kept: new Map(), problem: null }
  const loaded = await Promise.all(
    listed.map(async ([name, expected]) => {
      const reused = kept.get(name)
      if (reused) onBytes(reused.length)
      const bytes = reused ?? (await fetchFile(fileUrl(name), { signal, onBytes }))
      if (!reused) await verifyFile(bytes, expected, fileUrl(name))
      return [name, bytes] as const
    }),
  )
  throwIfAborted(signal, `Loading ${folder.href}`)

  const files: BundleFiles = new Map([[BUNDLE_FILES.manifest, manifestBytes], ...loaded])
  const downloadedFiles = listed.length - kept.size
  const counts = { reusedFiles: kept.size, downloadedFiles }
  const where = folder.href
  if (!cache) return { files, manifest, where, cache: { kind: 'off', ...counts } }

  const writeProblem =
    readProblem === null && downloadedFiles > 0 ? await problemOf(storeBundle(where, toStored(manifest, loaded))) : null
  const problem = readProblem ?? writeProblem
  const report: CacheReport = problem === null ? { kind: 'used', ...counts } : { kind: 'failed', ...counts, problem }
  return { files, manifest, where, cache: report }
}

/** The kept files that are still the ones the manifest lists; what a disk has altered is downloaded again. */
async function readKept(
  url: string,
  manifest: Manifest,
): Promise<{ kept: Map<string, Uint8Array>; problem: string | null }> {
  const kept = new Map<string, Uint8Array>()
  let stored: StoredFiles
  try {
    stored = await readStoredBundle(url)
  } catch (error) {
    return { kept, problem: (error as Error).message }
  }
  for (const [name, expected] of Object.entries(manifest.files)) {
    const file = stored.get(name)
    if (file?.sha256 !== expected.sha256) continue
    const isIntact = await verifyFile(file.bytes, expected, name).then(
      () => true,
      () => false,
    )
    if (isIntact) kept.set(name, file.bytes)
  }
  return { kept, problem: null }
}

const toStored = (manifest: Manifest, files: readonly (readonly [string, Uint8Array])[]): StoredFiles =>
  new Map(files.map(([name, bytes]) => [name, { sha256: manifest.files[name].sha256, bytes }]))

const problemOf = (work: Promise<void>): Promise<string | null> =>
  work.then(
    () => null,
    (error: Error) => error.message,
  )

/** Absolute, ending in a slash, so that file names can be joined to it. */
function folderUrl(url: string): URL {
  let folder: URL
  try {
    folder = new URL(url, globalThis.location?.href)
  } catch {
    throw new ServiceError(
      'INVALID_BUNDLE_URL',
      `'${url}' is no URL. Give the folder of a bundle, e.g. '/bundles/crypto-hourly/1.0.0/'.`,
      { url },
    )
  }
  if (!folder.pathname.endsWith('/')) folder.pathname += '/'
  return folder
}
