/** The usual worker; it collects its garbage when the soak wants to measure. */
import '../../worker/worker.ts'

declare const gc: () => void

const channel = new BroadcastChannel('soak')
channel.onmessage = ({ data }) => {
  if (data !== 'collect') return
  gc()
  channel.postMessage('collected')
}
