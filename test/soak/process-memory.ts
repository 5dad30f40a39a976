import { readdirSync, readFileSync } from 'node:fs'

/** Resident bytes of the processes below a browser's that run pages, workers and the GPU, by Linux' /proc. */
export function residentBytes(rootPid: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const status = statusOf(pid)
    if (status) parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]))
  }
  const isOurs = (pid: number | undefined): boolean => pid === rootPid || (pid ? isOurs(parents.get(pid)) : false)
  return [...parents.keys()]
    .filter(pid => isOurs(pid) && computes(pid))
    .reduce((sum, pid) => sum + residentBytesOf(pid), 0)
}

/** The others come and go with a browser's own affairs. */
const computes = (pid: number): boolean => /--type=(renderer|gpu-process)/.test(read(pid, 'cmdline') ?? '')

const residentBytesOf = (pid: number): number =>
  1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(statusOf(pid) ?? '')?.[1] ?? 0)

const statusOf = (pid: number): string | null => read(pid, 'status')

function read(pid: number, file: 'status' | 'cmdline'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return null // it has ended meanwhile
  }
}
