import { prepareMediaWorker } from '../stack/servers/media-worker.ts'
import { prepareGateway } from '../stack/servers/object-store.ts'

/**
 * Builds what a new machine builds for minutes, before the clock of any test runs. What cannot be had fails the tests
 * that need it, and no others.
 */
export async function prepareBuilds(signal: AbortSignal): Promise<void> {
  // One after the other: each takes all cores.
  for (const prepare of [prepareMediaWorker, prepareGateway]) {
    if (signal.aborted) return
    await prepare(signal).catch((error: Error) => process.stderr.write(`${error.message}\n`))
  }
}
