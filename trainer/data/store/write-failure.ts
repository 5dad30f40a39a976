import { dirname } from 'node:path'
import { StoreError } from './store-error.ts'

/**
 * Runs what writes to `path`.
 * @param what How much, for the message, e.g. `512 bytes`.
 * @throws StoreError `WRITE_FAILED` for whatever the operating system refuses
 */
export async function whileWriting<T>(path: string, what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new StoreError(
      'WRITE_FAILED',
      `${path}: ${what} could not be written (${message}). ${remedy(code, path)} What was there before is unharmed.`,
      { path, what, cause: code },
    )
  }
}

function remedy(code: string, path: string): string {
  const folder = dirname(path)
  switch (code) {
    case 'ENOSPC':
      return 'The disk is full: make room, or put the store on another disk.'
    case 'EDQUOT':
      return 'Your quota of this disk is used up: make room, or put the store on another disk.'
    case 'EACCES':
    case 'EPERM':
      return `You may not write in ${folder}: change its permissions, or put the store elsewhere.`
    case 'EROFS':
      return 'The disk is mounted read-only: mount it for writing, or put the store elsewhere.'
    case 'EEXIST':
    case 'ENOTDIR':
      return `A file is where a folder is needed on the way to ${folder}: move it away.`
    case 'ENAMETOOLONG':
      return 'The name is too long for this disk: use a shorter exchange or symbol.'
    default:
      return 'See that the disk is there and in order, then try again.'
  }
}
