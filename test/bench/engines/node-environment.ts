import { fork } from 'node:child_process'
import { resolve } from 'node:path'
import { type Environment, type RemoteHost, remoteHost } from './environment.ts'

interface Answer {
  readonly call: number
  readonly result?: unknown
  readonly error?: string
}

/** Hosts as Node processes. */
export const nodeEnvironment = (): Environment => ({
  name: 'node',
  facts: {},
  start: startProcess,
  close: async () => {},
})

async function startProcess(): Promise<RemoteHost> {
  const child = fork(resolve(import.meta.dirname, 'node-host.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  let calls = 0
  child.on('message', (answer: Answer) => waiting.get(answer.call)?.(answer))
  child.on('exit', code => {
    for (const settle of waiting.values()) settle({ call: -1, error: `The host ended with ${code}.` })
  })
  const call = (method: string, args: readonly unknown[]) =>
    new Promise<unknown>((done, fail) => {
      const id = calls++
      waiting.set(id, answer => {
        waiting.delete(id)
        if (answer.error === undefined) done(answer.result)
        else fail(new Error(answer.error))
      })
      child.send({ call: id, method, args })
    })
  return remoteHost(call, async () => {
    child.kill()
  })
}
