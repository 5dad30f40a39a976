import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundleFiles } from '../../sdk/bundle/bundle.ts'
import { BundleError } from '../../sdk/errors.ts'

/**
 * The files of a bundle on disk, unverified (`openBundle` verifies them).
 * @throws BundleError `BUNDLE_NOT_FOUND`
 */
export async function readBundleFolder(folder: string): Promise<BundleFiles> {
  const names: string[] = await readdir(folder).catch(() => [])
  if (!names.includes('manifest.json')) {
    throw new BundleError(
      'BUNDLE_NOT_FOUND',
      `There is no bundle in "${folder}": it has no manifest.json. Write one with \`trainer export\`, or give the folder <name>/<version> of a bundle.`,
      { folder },
    )
  }
  return new Map(
    await Promise.all(names.map(async name => [name, new Uint8Array(await readFile(join(folder, name)))] as const)),
  )
}
