import { openBundle } from '../../../sdk/bundle/open-bundle.ts'
import { ConfigError } from '../../../sdk/errors.ts'
import { bundleToOnnx } from '../../onnx/export-onnx.ts'
import { OPSET } from '../../onnx/model-proto.ts'
import { readBundleFolder } from '../../registry/read-bundle-folder.ts'
import { writeFileAtomically } from '../../registry/write-file-atomically.ts'
import { bytes, integer } from '../../report/format.ts'
import type { Terminal } from '../terminal.ts'

/** Writes a bundle's network as ONNX. @throws BundleError, EngineError `UNSUPPORTED_NETWORK`, ConfigError `OUTPUT_NOT_WRITABLE` */
export async function exportOnnxStage(
  terminal: Terminal,
  { folder, output }: { readonly folder: string; readonly output: string | undefined },
): Promise<void> {
  terminal.stage('export', `${folder} as ONNX`)
  const bundle = await openBundle(await readBundleFolder(folder), folder)
  const { name, version, parameters } = bundle.manifest
  const path = output ?? `${name}-${version}.onnx`
  const onnx = bundleToOnnx(bundle)
  await write(path, onnx)
  terminal.line(`${integer(parameters)} parameters, opset ${OPSET}, ${bytes(onnx.length)}`)
  terminal.line(path)
}

async function write(path: string, onnx: Uint8Array): Promise<void> {
  try {
    await writeFileAtomically(path, onnx)
  } catch (error) {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException
    throw new ConfigError(
      'OUTPUT_NOT_WRITABLE',
      `--output "${path}" cannot be written (${message}). Expected the path of a file in a folder that may be written to.`,
      { path, cause: code },
    )
  }
}
