import type { Bytes } from '../bytes.ts'
import { FrameOpener, FrameSealer, type FromWorker, type ToWorker, type TransformOptions } from '../frames/index.ts'

/** An encoded frame as browsers hand it over; that of sound has no type. */
type EncodedFrame = { data: ArrayBuffer; type?: 'key' | 'delta' | 'empty' }
type Transformer = {
  options: TransformOptions
  readable: ReadableStream<EncodedFrame>
  writable: WritableStream<EncodedFrame>
}
type Make = (frame: Bytes, kind: 'key' | 'delta' | 'audio') => Promise<Bytes | undefined>

const tellEveryMs = 1_000

const sealer = new FrameSealer()
const openers = new Map<string, FrameOpener>()
const told = new Map<string, string>()

function openerOf(participantId: string): FrameOpener {
  const opener = openers.get(participantId) ?? new FrameOpener()
  openers.set(participantId, opener)
  return opener
}

/** Sends on what is made of each frame; one of which nothing is made goes nowhere. */
function passThrough({ readable, writable }: Transformer, make: Make): void {
  const transform = new TransformStream<EncodedFrame, EncodedFrame>({
    async transform(frame, controller) {
      const kind = frame.type === undefined ? 'audio' : frame.type === 'key' ? 'key' : 'delta'
      const made = await make(new Uint8Array(frame.data), kind)
      if (!made) return
      frame.data = made.buffer
      controller.enqueue(frame)
    },
  })
  // A stream ends with its track.
  readable
    .pipeThrough(transform)
    .pipeTo(writable)
    .catch(() => undefined)
}

function begin(transformer: Transformer): void {
  const { direction, participantId, source } = transformer.options
  if (direction === 'send') return passThrough(transformer, (frame, kind) => sealer.seal(frame, { source, kind }))
  passThrough(transformer, (frame) => openerOf(participantId).open(frame, source))
}

function take(message: ToWorker): void {
  if (message.type === 'own-key') sealer.use(message.generation, message.key)
  if (message.type === 'key') openerOf(message.participantId).add(message.generation, message.key)
  if (message.type === 'forget') openers.delete(message.participantId)
}

function tellDropped(): void {
  for (const [participantId, { dropped }] of openers) {
    const text = JSON.stringify(dropped)
    if (told.get(participantId) === text) continue
    told.set(participantId, text)
    postMessage({ type: 'dropped', participantId, dropped } satisfies FromWorker)
  }
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => take(data))
addEventListener('rtctransform', (event) => begin((event as unknown as { transformer: Transformer }).transformer))
setInterval(tellDropped, tellEveryMs)
