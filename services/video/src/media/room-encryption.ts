import { encryptionRequired, notEncrypted, otherKeyEpoch } from '../errors.ts'
import type { CallRow } from '../stores/calls.ts'
import type { Participant } from './participant.ts'
import type { RoomNews } from './room-news.ts'

type SenderKey = { epoch: number; ciphertext: string }

/** In an encrypted room: that nothing plain comes into it, and who has to have whose keys. It can read none of them. */
export class RoomEncryption {
  readonly #people: ReadonlyMap<string, Participant>
  readonly #news: RoomNews
  #call: Pick<CallRow, 'is_encrypted' | 'version'> | undefined
  #epoch = 0

  constructor(people: ReadonlyMap<string, Participant>, news: RoomNews) {
    this.#people = people
    this.#news = news
  }

  follow(call: CallRow): void {
    this.#call = call
  }

  get isOn(): boolean {
    return this.#call?.is_encrypted ?? false
  }

  /** For whom keys are made now; null where none are. */
  get keyEpoch(): number | null {
    return this.isOn ? this.#epoch : null
  }

  /** Refuses what is plain in an encrypted room, and what is encrypted in another, where nobody has its keys. */
  assertFits(isEncrypted: boolean): void {
    if (isEncrypted !== this.isOn) throw isEncrypted ? notEncrypted() : encryptionRequired()
  }

  /** Gives the others somebody's key; one that was made for other people than are here now is none any more. */
  sendKey(from: Participant, { epoch, ciphertext }: SenderKey): void {
    if (!this.isOn) throw notEncrypted()
    if (epoch !== this.#epoch) throw otherKeyEpoch()
    this.#news.tellOthers(from, { type: 'e2ee.key', participant_id: from.id, epoch, ciphertext })
  }

  /**
   * Has everybody make a key that only those have who are here now: later than all before it, also than those that the
   * room had at another node. Who has just come hears of it as he comes in.
   */
  renewKeys(newcomer?: Participant): void {
    if (!this.#call?.is_encrypted) return
    this.#epoch = Math.max(this.#epoch + 1, this.#call.version)
    for (const one of this.#people.values()) {
      if (one !== newcomer) one.push({ type: 'e2ee.epoch', epoch: this.#epoch })
    }
  }
}
