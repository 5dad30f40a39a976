import { writeFile } from 'node:fs/promises'
import { deflateRawSync } from 'node:zlib'
import { compileKernels } from './compile-kernels.ts'

const GENERATED = new URL('./kernels.generated.ts', import.meta.url)

const [plain, relaxed] = await Promise.all([compileKernels('plain'), compileKernels('relaxed')])
const packed = (bytes: Uint8Array) => deflateRawSync(bytes, { level: 9 }).toString('base64')
await writeFile(
  GENERATED,
  `// Written by \`npm run build:kernels\` from worker/wasm/kernels; base64 of deflated WebAssembly modules.
export const PLAIN_KERNELS =
  '${packed(plain)}'
export const RELAXED_KERNELS =
  '${packed(relaxed)}'
`,
)
console.log(`kernels.generated.ts: ${plain.length} bytes plain, ${relaxed.length} bytes with relaxed SIMD`)
