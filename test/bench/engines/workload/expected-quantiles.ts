import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createTfjsEngine } from '../../../../worker/tfjs/tfjs-engine.ts'
import { SUBJECTS, type SubjectId } from '../subjects.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')

/** Of a subject's check windows: from PyTorch or the trainer where they are written down, else from the reference engine. */
export async function expectedQuantiles(id: SubjectId): Promise<Float32Array> {
  const subject = await SUBJECTS[id](async path => new Uint8Array(await readFile(resolve(ROOT, path))))
  if (subject.expected) return subject.expected
  const engine = await createTfjsEngine({ ...subject, backend: 'cpu' })
  const { quantiles } = await engine.forward(subject.check)
  await engine.dispose()
  return quantiles
}
