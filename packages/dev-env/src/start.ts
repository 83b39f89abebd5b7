import { once } from 'node:events'
import { serviceNames } from '@secureconnect/protocol'
import { buildWeb } from '@secureconnect/web/build'
import { confirmReset } from './confirm-reset.ts'
import { DataFolder } from './data-folder.ts'
import { describeSystem } from './describe-system.ts'
import { startEmbeddedSystem } from './embedded-system.ts'
import { assertPortsFree } from './free-ports.ts'
import { help, type Options, parseOptions } from './options.ts'
import { readSettings } from './read-settings.ts'
import { findRevision } from './revision.ts'

const stopWithinMs = 15_000

/** Aborted by the first signal that asks to stop; a terminal and npm may each send it, so the others change nothing. */
function listenForSignals(): AbortSignal {
  const stopping = new AbortController()
  stopping.signal.addEventListener('abort', () => console.log('\nStopping …'))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  return stopping.signal
}

function giveUp(): void {
  console.error('Something did not stop in time, so it was ended.')
  process.exit(1)
}

async function start(options: Options): Promise<void> {
  const stopping = listenForSignals()
  const env = options.settingsFile === undefined ? {} : readSettings(options.settingsFile)
  using folder = DataFolder.claim(options.folder)
  await assertPortsFree(options.portBase, serviceNames.length)
  if (options.isReset && !folder.isEmpty()) {
    if (!(await confirmReset(options, stopping))) return console.log('Nothing was deleted.')
    folder.clear()
  }
  const tell = (line: string) => console.log(line)
  const webFolder = await buildWeb({ tell })
  const startedAt = performance.now()
  console.log(folder.isEmpty() ? 'Creating the database …' : 'Opening the database …')
  await using system = await startEmbeddedSystem({
    ...options,
    env: { WEB_FOLDER: webFolder, ...env },
    revision: findRevision(),
    tell,
  })
  if (!stopping.aborted) {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
    console.log(describeSystem(system, { folder: folder.path, seconds }))
    await once(stopping, 'abort')
  }
  setTimeout(giveUp, stopWithinMs).unref()
}

// Whoever watched may be gone, as with a closed terminal or `| head`: that is no reason to stop in disorder.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
try {
  const options = parseOptions(process.argv.slice(2))
  if (options.isHelp) console.log(help)
  else await start(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
