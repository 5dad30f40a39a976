import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Writes a file whole or not at all: into a temporary file beside it, flushed to the disk, then renamed over the name.
 * A reader, a crash or Ctrl-C sees the old content or the new one, never a part. Folders are made as needed.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path)
  const firstMade = await mkdir(folder, { recursive: true })
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folder)
  // Folders just made are entries in theirs.
  const first = firstMade === undefined ? null : resolve(firstMade)
  for (let made = resolve(folder); first !== null && made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made))
  }
}

/** Makes what was renamed or made in it durable, where the system lets a folder be opened (Windows does not). */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
