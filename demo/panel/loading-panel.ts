import type { LoadProgress } from 'edgequant'
import { fill, h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'
import type { Failure } from '../app/failure.ts'
import { formatBytes } from '../app/format.ts'
import type { AppStore } from '../app/state.ts'

const PHASES: readonly { phase: LoadProgress['phase']; text: string }[] = [
  { phase: 'download', text: 'Download the model' },
  { phase: 'verify', text: 'Verify every file against its SHA-256' },
  { phase: 'compile', text: 'Build the network on each engine' },
  { phase: 'warm-up', text: 'Check golden windows, measure, choose' },
]

/** Covers the page's middle until the model is there, and says readably when it cannot be had. */
export function createLoadingPanel(store: AppStore, bus: Bus): HTMLElement {
  const element = h('div', { class: 'loading', role: 'status' })
  store.watch(['phase', 'progress', 'failure'], ({ phase, progress, failure }) => {
    element.hidden = phase === 'ready'
    element.setAttribute('role', phase === 'failed' ? 'alert' : 'status')
    if (phase === 'failed' && failure) fill(element, failureCard(failure, bus))
    else if (phase === 'loading') fill(element, progressCard(progress))
  })
  return element
}

function progressCard(progress: LoadProgress | null): HTMLElement {
  const reached = progress ? PHASES.findIndex(({ phase }) => phase === progress.phase) : 0
  const { loadedBytes = 0, totalBytes = 0 } = progress ?? {}
  return h(
    'div',
    { class: 'card' },
    h('h2', {}, 'Loading the model'),
    h(
      'ol',
      { class: 'phases' },
      ...PHASES.map(({ text }, i) =>
        h(
          'li',
          {
            class: i < reached ? 'done' : i === reached ? 'current' : undefined,
            'aria-current': i === reached ? 'step' : undefined,
          },
          text,
        ),
      ),
    ),
    h('progress', { max: 1, ...(totalBytes > 0 ? { value: loadedBytes / totalBytes } : {}) }),
    h(
      'p',
      { class: 'muted' },
      totalBytes > 0 ? `${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)}` : 'Asking what there is to load …',
    ),
  )
}

const failureCard = ({ title, message, code }: Failure, bus: Bus) =>
  h(
    'div',
    { class: 'card problem' },
    h('h2', {}, title),
    h('p', {}, message),
    h('p', { class: 'muted' }, `Code ${code}`),
    h('button', { class: 'primary', onclick: () => bus.emit('retry') }, 'Try again'),
  )
