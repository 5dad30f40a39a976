/**
 * Runs a task for the newest request only: while one is running, later requests replace each other, so a slider or a
 * replay never queues up work that nobody will look at.
 */
export function latestOnly<T>(task: (request: T) => Promise<void>): (request: T) => void {
  let waiting: { request: T } | null = null
  let running = false

  const drain = async () => {
    running = true
    try {
      while (waiting) {
        const { request } = waiting
        waiting = null
        await task(request)
      }
    } finally {
      running = false
    }
  }

  return request => {
    waiting = { request }
    if (!running) void drain()
  }
}
