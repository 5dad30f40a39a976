import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { StoreError } from './store-error.ts'

/**
 * What is in a folder of a store; nothing where there is no folder.
 * @throws StoreError `READ_FAILED`
 */
export async function folderEntries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw new StoreError(
      'READ_FAILED',
      `${folder} cannot be read (${message}). See that you may read it, and that the disk is there and in order.`,
      { folder, cause: code },
    )
  }
}
