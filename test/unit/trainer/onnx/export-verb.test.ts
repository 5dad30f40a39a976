import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBundle } from '../../../../sdk/bundle/open-bundle.ts'
import { readBundleFolder } from '../../../../trainer/registry/read-bundle-folder.ts'
import { largestDifference } from '../../../fixtures/golden-tft.ts'
import { openOnnx } from '../../../fixtures/onnx-in-node.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')
const SHIPPED = 'models/bundles/crypto-hourly/1.0.0'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-onnx-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The verb as a user gives it. */
function trainerExport(...args: string[]): Promise<{ status: number; output: string }> {
  const argv = ['--import', 'tsx', join('trainer', 'command', 'main.ts'), 'export', ...args]
  return new Promise(done => {
    execFile(process.execPath, argv, { cwd: REPOSITORY }, (error, stdout, stderr) => {
      done({ status: error ? Number(error.code) : 0, output: stdout + stderr })
    })
  })
}

describe('trainer export --format onnx', { timeout: 30_000 }, () => {
  it('writes a bundle into a file that onnxruntime runs, with what one must know to feed it', async () => {
    const file = join(folder, 'made', 'model.onnx')
    const { status, output } = await trainerExport('--bundle', SHIPPED, '--format', 'onnx', '--output', file)
    expect(output).toContain(file)
    expect(status).toBe(0)
    expect(await readdir(join(folder, 'made'))).toEqual(['model.onnx'])

    const bytes = await readFile(file)
    const onnx = await openOnnx(bytes)
    expect(onnx.inputs).toEqual(['observed', 'known', 'symbols'])
    expect(onnx.outputs).toEqual(['quantiles', 'attention', 'past_weights', 'future_weights'])
    const bundle = await openBundle(await readBundleFolder(join(REPOSITORY, SHIPPED)), SHIPPED)
    const { quantiles } = await onnx.run(bundle.network, bundle.golden.batch)
    await onnx.release()
    expect(largestDifference(quantiles.data, bundle.golden.quantiles)).toBeLessThan(bundle.manifest.golden.tolerance)

    const { symbols, horizons, quantiles: levels, features } = bundle.manifest
    for (const list of [symbols, horizons, levels]) expect(bytes.includes(JSON.stringify(list))).toBe(true)
    for (const { name, unit } of features)
      expect(bytes.includes(JSON.stringify({ name, unit }).slice(0, -1))).toBe(true)
  })

  it('says what is wrong with its flags, and writes nothing', async () => {
    const elsewhere = join(folder, 'nothing')
    expect((await trainerExport('--format', 'tflite')).output).toMatch(/Allowed choices are bundle, onnx/)
    expect((await trainerExport('--output', join(elsewhere, 'model.onnx'))).output).toMatch(
      /ConfigError INVALID_FLAG\n {2}--output .*--format onnx/,
    )
    expect((await trainerExport('--format', 'onnx', '--bundle', elsewhere)).output).toMatch(
      /BundleError BUNDLE_NOT_FOUND\n {2}.*nothing/,
    )
    const notAFile = await trainerExport('--format', 'onnx', '--bundle', SHIPPED, '--output', folder)
    expect(notAFile.status).toBe(1)
    expect(notAFile.output).toMatch(/ConfigError OUTPUT_NOT_WRITABLE/)
    await expect(readdir(elsewhere)).rejects.toThrow()
    expect(
      (await readdir(tmpdir())).filter(name => name.startsWith('edgequant-onnx-') && name.endsWith('.tmp')),
    ).toEqual([])
  })
})
