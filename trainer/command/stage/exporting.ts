import { writeBundle } from '../../../sdk/bundle/write-bundle.ts'
import { bytes, decimal, integer } from '../../report/format.ts'
import { renderModelCard } from '../../report/model-card.ts'
import { type BundleDraft, draftBundle } from '../../train/export-bundle.ts'
import type { TrainedModel } from '../../train/train-network.ts'
import { type RunContext, timed } from '../run-context.ts'

/** Quantises, calibrates and writes the bundle; its evaluation is still empty. */
export async function exportStage(
  { run, terminal, data, dataset }: RunContext,
  o: { readonly model: TrainedModel; readonly teacher: TrainedModel; readonly backend: string },
): Promise<void> {
  terminal.stage('export', 'Quantising to int8 and calibrating')
  const draft = await timed(run, 'export', () =>
    draftBundle(dataset, run.config, {
      ...o,
      exchange: data.exchange,
      simulated: data.simulated,
      dataSha256: data.sha256,
      createdAtMs: Date.now(),
    }),
  )
  await run.writeBundle(await packBundle(draft, run.config.notes))
  const { calibration, quantisation } = draft.manifest
  const cost = quantisation.lossRatio === null ? '' : `, loss × ${decimal(quantisation.lossRatio, 4)}`
  terminal.line(
    `${integer(draft.manifest.parameters)} parameters in ${bytes(draft.weights.length)}${cost}; calibration: ${calibration.method}`,
  )
  terminal.line(run.bundlePath)
}

/** The files of a bundle, with its model card. */
export const packBundle = (draft: BundleDraft, notes: readonly string[]) =>
  writeBundle({ ...draft, modelCard: renderModelCard(draft.manifest, notes) })
