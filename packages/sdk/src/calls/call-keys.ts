import {
  createSenderKey,
  type FromWorker,
  importSenderKey,
  readSenderKey,
  type ToWorker,
  type TransformOptions,
  writeSenderKey,
} from '@secureconnect/e2ee/frames'
import type { About } from '../encryption/group-channel.ts'
import { ApiError } from '../errors.ts'
import { insist } from '../insist.ts'
import type { CallEncryption, DroppedFrames } from './call-encryption.ts'
import type { AskRoom, EnteredRoom, SignalingServerFrame } from './frames.ts'
import type { FrameEncryption } from './transport.ts'

type KeyFrame = Extract<SignalingServerFrame, { type: 'e2ee.key' }>

type Options = {
  encryption: CallEncryption | undefined
  callId: string
  ask: AskRoom
  /** Whose place in the call this is, as far as one knows. */
  findUser: (participantId: string) => string | undefined
  onDropped: (dropped: DroppedFrames) => void
  fault: (error: unknown) => void
}

/** What there is once one is in an encrypted call. */
type Place = {
  encryption: CallEncryption
  worker: Worker
  conversationId: string
  participantId: string
  stopListening: () => void
}

/**
 * The keys of an encrypted call: one's own, made anew with each who comes or leaves, and those of the others. Nothing is
 * sent before the others were given its key.
 */
export class CallKeys {
  readonly #options: Options
  readonly #begun = Promise.withResolvers<void>()
  readonly #closing = new AbortController()
  /** Keys are made one after the other, as soon as one is in the call, and so are those of the others taken in. */
  readonly #turns = { own: this.#begun.promise, others: this.#begun.promise }
  #place: Place | undefined
  #epoch = 0
  /** Later than that of any key before it, also of one that an earlier page made. */
  #generation = Math.floor(Date.now() / 1_000)

  constructor(options: Options) {
    this.#options = options
  }

  /** Begins, or goes on, as one comes into the call; what it answers is undefined where nothing is encrypted there. */
  begin({ call, own, key_epoch: epoch, recovered }: EnteredRoom): FrameEncryption | undefined {
    if (epoch === null) return undefined
    this.#place ??= this.#enter(call.conversation_id, own.participant_id)
    // Who goes on where he was was told of all keys that he missed.
    if (!recovered) this.#renew(epoch)
    this.#begun.resolve()
    return this.#encryptFrames(this.#place)
  }

  take(frame: SignalingServerFrame): void {
    if (frame.type === 'e2ee.epoch') this.#renew(frame.epoch)
    if (frame.type === 'e2ee.key') this.#enqueue('others', (place) => this.#takeKey(place, frame))
    if (frame.type === 'participant.left')
      this.#enqueue('others', async (place) => tell(place, { type: 'forget', participantId: frame.participant_id }))
  }

  close(): void {
    this.#closing.abort()
    this.#place?.stopListening()
    this.#place?.worker.terminate()
  }

  #enter(conversationId: string, participantId: string): Place {
    const { encryption, onDropped } = this.#options
    if (!encryption) throw new Error('This call is encrypted, and there is nothing to decrypt it by.')
    const worker = encryption.createWorker()
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => onDropped(data)
    // Whom the service forgot to name may have left the group all the same.
    const stopListening = encryption.onChanged(conversationId, () => this.#renew(this.#epoch))
    return { encryption, worker, conversationId, participantId, stopListening }
  }

  #encryptFrames({ worker, participantId: own }: Place): FrameEncryption {
    const through = (options: TransformOptions) => new RTCRtpScriptTransform(worker, options)
    return {
      sends(sender, source) {
        sender.transform = through({ direction: 'send', participantId: own, source })
      },
      receives(receiver, { participantId, source }) {
        receiver.transform = through({ direction: 'receive', participantId, source })
      },
    }
  }

  #renew(epoch: number): void {
    this.#epoch = epoch
    this.#enqueue('own', (place) => this.#renewNow(place, epoch))
  }

  #enqueue(turn: 'own' | 'others', work: (place: Place) => Promise<void>): void {
    const run = async () => {
      if (this.#place) await work(this.#place)
    }
    this.#turns[turn] = this.#turns[turn].then(run).catch(this.#options.fault)
  }

  #about({ conversationId }: Place, participantId: string, epoch: number): About {
    return { conversationId, binding: ['key of a call', this.#options.callId, participantId, String(epoch)] }
  }

  /** Makes a key for those who are in the call now. */
  async #renewNow(place: Place, epoch: number): Promise<void> {
    // Somebody has come or left since: the next turn makes another.
    if (epoch !== this.#epoch) return
    this.#generation += 1
    const key = createSenderKey(this.#generation)
    const about = this.#about(place, place.participantId, epoch)
    // Whoever is not heard until he reloads the page would think that he is.
    const seal = () => place.encryption.seal(writeSenderKey(key), about)
    const ciphertext = await insist(seal, this.#closing.signal)
    try {
      await this.#options.ask('e2ee.key', { epoch, ciphertext })
    } catch (error) {
      // Then `e2ee.epoch` is on its way.
      if (error instanceof ApiError && error.code === 'EPOCH_CONFLICT') return
      throw error
    }
    tell(place, { type: 'own-key', generation: key.generation, key: await importSenderKey(key) })
  }

  async #takeKey(place: Place, { participant_id: participantId, epoch, ciphertext }: KeyFrame): Promise<void> {
    const { plaintext, userId } = await place.encryption.open(ciphertext, this.#about(place, participantId, epoch))
    if (userId !== this.#options.findUser(participantId))
      throw new Error('A key came from somebody else than it was said to be of.')
    const key = readSenderKey(plaintext)
    tell(place, { type: 'key', participantId, generation: key.generation, key: await importSenderKey(key) })
  }
}

function tell({ worker }: Place, message: ToWorker): void {
  worker.postMessage(message)
}
