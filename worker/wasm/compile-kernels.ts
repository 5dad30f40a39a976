import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const ENTRY = 'worker/wasm/kernels/index.ts'

/** `relaxed` modules fuse multiplications and additions (`f32x4.relaxed_madd`); not every runtime takes them. */
export type KernelVariant = 'plain' | 'relaxed'

/**
 * Compiles AssemblyScript kernels to a WebAssembly module; same sources, same bytes.
 * @param entry path from the repository's root
 */
export async function compileKernels(variant: KernelVariant, entry = ENTRY): Promise<Uint8Array> {
  let binary: Uint8Array | undefined
  const stderr = asc.createMemoryStream()
  const { error } = await asc.main(
    [
      entry,
      ...[
        '--baseDir',
        ROOT,
        '--outFile',
        'kernels.wasm',
        '--optimizeLevel',
        '3',
        '--converge',
        '--noAssert',
        '--runtime',
        'stub',
      ],
      ...['--importMemory', '--enable', 'simd', ...(variant === 'relaxed' ? ['--enable', 'relaxed-simd'] : [])],
      // v128 parameters, which these helpers take among themselves: none is exported to JavaScript
      ...['--disableWarning', '112'],
    ],
    {
      stderr,
      writeFile(name, contents) {
        if (name === 'kernels.wasm') binary = contents as unknown as Uint8Array
      },
    },
  )
  if (error || !binary) throw new Error(`The kernels do not compile: ${error?.message}\n${stderr.toString()}`)
  return binary
}
