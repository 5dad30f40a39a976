import { BundleError } from '../errors.ts'
import type { BundleFiles } from './bundle.ts'

/** `/bundles/x/` and `runs/x/bundle` alike. */
export const fileOf = (where: string, name: string): string => `${where}${where.endsWith('/') ? '' : '/'}${name}`

/** @throws BundleError `FILE_MISSING` */
export function takeFile(files: BundleFiles, name: string, where: string): Uint8Array {
  const bytes = files.get(name)
  if (bytes) return bytes
  throw new BundleError(
    'FILE_MISSING',
    `${where} has no ${name}; there is ${[...files.keys()].join(', ') || 'nothing'}. A bundle is manifest.json and every file it lists.`,
    { bundle: where, file: name, present: [...files.keys()] },
  )
}
