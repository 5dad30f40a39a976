import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Row, Table } from '../../report.ts'
import { figure } from '../../statistics.ts'
import type { BuiltApp } from './build-app.ts'
import { type AppChoice, startOnce } from './drive.ts'

/** What a browser runs; shaders are part of the scripts. */
const CODE = /\.(js|mjs|wasm)$/

const CHOICES: readonly (readonly [id: string, title: string, choice: AppChoice])[] = [
  ['wasm', 'EdgeQuant, engine wasm', { engine: 'wasm' }],
  ['webgpu', 'EdgeQuant, engine webgpu', { engine: 'webgpu' }],
  ['tfjsWasm', 'EdgeQuant, engine tfjs on wasm', { engine: 'tfjs', backend: 'wasm' }],
]

const ORT = resolve(import.meta.dirname, '../../../../node_modules/onnxruntime-web/dist')

/** onnxruntime-web's smallest builds, as far as they are loaded. */
const ORT_FILES: readonly (readonly [id: string, title: string, files: readonly string[]])[] = [
  ['ortWasm', 'onnxruntime-web wasm', ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm']],
  ['ortWebgpu', 'onnxruntime-web webgpu', ['ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.wasm']],
]

/** Compressed code that a page asks for until its first forecast, the service included; without the model's own files. */
export async function measureLoaded(app: BuiltApp): Promise<{ rows: Row[]; table: Table }> {
  const rows: Row[] = []
  const lines: string[][] = []
  const add = (id: string, title: string, files: ReadonlyMap<string, number>) => {
    const bytes = total(files)
    rows.push({ id: `load.${id}.gzipBytes`, value: bytes, unit: 'bytes', note: [...files.keys()].join(', ') })
    lines.push([
      title,
      figure(bytes / 1000),
      [...files].map(([name, size]) => `${plainName(name)} ${figure(size / 1000)}`).join(' + '),
    ])
  }
  const engines: number[] = []
  for (const [id, title, choice] of CHOICES) {
    app.takeRequests()
    await startOnce(app, 'shipped', choice)
    const paths = app.takeRequests().filter(path => CODE.test(path))
    const files = new Map(paths.map(path => [path.slice(1), gzipBytes(app.fileOf(path))]))
    add(id, title, files)
    const engine = [...files].find(([name]) => plainName(name) === `${choice.engine}-engine`)
    if (choice.engine !== 'tfjs' && engine) {
      rows.push({ id: `load.${id}Engine.gzipBytes`, value: engine[1], unit: 'bytes', note: 'the runtime alone' })
      lines.push([`${title}: the runtime alone`, figure(engine[1] / 1000), plainName(engine[0])])
      engines.push(engine[1])
    }
  }
  for (const [id, title, files] of ORT_FILES) {
    add(id, title, new Map(files.map(file => [file, gzipBytes(join(ORT, file))])))
  }
  const note =
    'the larger of the fused runtimes, as the peers are measured; with service and worker: load.wasm, load.webgpu'
  return {
    rows: [{ id: 'load.gzipBytes', value: Math.max(...engines), unit: 'bytes', note }, ...rows],
    table: {
      title: 'Code that an app loads until its first forecast',
      note: 'JavaScript, WGSL and wasm, gzip; ours with the service and its worker and, like the others, the runtime alone.',
      header: ['', 'kB', 'of which'],
      words: [2],
      rows: lines,
    },
  }
}

/** Without folder, hash and ending. */
const plainName = (path: string): string => /([^/]+?)(-[\w-]{8})?\.\w+$/.exec(path)?.[1] ?? path

const gzipBytes = (file: string): number => gzipSync(readFileSync(file), { level: 9 }).length

const total = (files: ReadonlyMap<string, number>): number => [...files.values()].reduce((sum, bytes) => sum + bytes, 0)
