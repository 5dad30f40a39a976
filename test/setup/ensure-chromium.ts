/** Runs before the tests: they need a Chromium, and a fresh machine has none. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { ChromiumMissingError, findChromium } from './chromium.ts'

/** Runs commands one after another; returns what went wrong, or undefined. Output goes to stderr. */
function run(commands: readonly (readonly string[])[]): string | undefined {
  for (const [command, ...args] of commands) {
    const result = spawnSync(command as string, args, {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (result.error) return `${command} ${args.join(' ')}: ${result.error.message}`
    if (result.status !== 0) return `${command} ${args.join(' ')}: exit status ${result.status ?? result.signal}`
  }
  return undefined
}

const isRootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')

const WAYS = [
  {
    // Ubuntu's package of this name only points to a snap, so what counts is whether a browser is there afterwards.
    where: isRootOnDebian,
    says: "No Chromium found: installing Debian's package (apt-get install chromium) …",
    commands: [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
    ],
  },
  {
    where: true,
    says: "No Chromium found: installing Playwright's (npx playwright install chromium) …",
    // As root it may also install the system libraries that this build of Chromium needs.
    commands: [['npx', 'playwright', 'install', ...(isRootOnDebian ? ['--with-deps'] : []), 'chromium']],
  },
]

function ensureChromium(): string {
  const found = findChromium()
  if (found) return found
  const attempts: string[] = []
  for (const way of WAYS.filter(w => w.where)) {
    console.error(way.says)
    const failure = run(way.commands)
    const installed = findChromium()
    if (installed) return installed
    attempts.push(failure ?? `${way.commands.at(-1)?.join(' ')}: ended well, but there is still no browser`)
  }
  throw new ChromiumMissingError(
    [
      'No Chromium was found and none could be installed, so the browser tests cannot run.',
      ...attempts.map(attempt => `  tried: ${attempt}`),
      'Install Chromium or Chrome, or set CHROMIUM_PATH to one, and run the tests again.',
    ].join('\n'),
  )
}

try {
  console.error(`Browser tests use ${ensureChromium()}`)
} catch (error) {
  console.error(error instanceof ChromiumMissingError ? `${error.name}: ${error.message}` : error)
  process.exitCode = 1
}
