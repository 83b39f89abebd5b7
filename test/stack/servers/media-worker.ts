import { prepareWorker } from '@secureconnect/media-worker'
import { cacheFolder, givenUrl } from '../config.ts'

let preparing: Promise<string> | undefined

/** The program of the media worker; where none is there yet it is built, which is told in a line now and then. */
export function prepareMediaWorker(signal = new AbortController().signal): Promise<string> {
  preparing ??= prepareWorker({
    given: givenUrl('MEDIASOUP_WORKER_BIN'),
    cacheFolder,
    onProgress: (progress) => process.stderr.write(`Media worker: ${progress}\n`),
    signal,
  })
  return preparing
}
