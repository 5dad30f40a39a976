import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const APPLICATIONS =
  process.platform === 'darwin'
    ? [
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
      ]
    : []

/** No Chromium to test with; the message says what was tried and what to do. */
export class ChromiumMissingError extends Error {
  override readonly name = 'ChromiumMissingError'
}

/**
 * Path of a Chromium to test with, or undefined: `CHROMIUM_PATH`, then one on the `PATH`, then the one Playwright
 * installed for itself.
 *
 * @throws ChromiumMissingError when `CHROMIUM_PATH` is set but names nothing: another browser in its place would be a surprise.
 */
export function findChromium(): string | undefined {
  const asked = process.env.CHROMIUM_PATH
  if (asked) {
    if (!existsSync(asked)) {
      throw new ChromiumMissingError(
        `CHROMIUM_PATH is '${asked}', which does not exist. Correct it, or unset it to have one looked for.`,
      )
    }
    return asked
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '')
  const onPath = NAMES.flatMap(name => folders.map(folder => join(folder, name)))
  return [...onPath, ...APPLICATIONS, chromium.executablePath()].find(path => existsSync(path))
}

/**
 * Chromium's flags for tests: WebGPU on a software adapter (right, but slow), whatever graphics the machine has, so
 * that results do not depend on it; and no traffic of the browser's own.
 */
const CHROMIUM_ARGS: readonly string[] = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--no-sandbox',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--disable-default-apps',
  '--metrics-recording-only',
  '--no-pings',
]

/** For `chromium.launch` of tests that drive a browser themselves. */
export function chromiumLaunchOptions(): { executablePath?: string; headless: true; args: string[] } {
  const executablePath = findChromium()
  return { ...(executablePath === undefined ? {} : { executablePath }), headless: true, args: [...CHROMIUM_ARGS] }
}
