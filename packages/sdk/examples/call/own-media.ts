import { type OngoingCall, openCamera, openMicrophone, openScreen } from '@secureconnect/sdk/calls'
import { button, hide, show } from './elements.ts'

/** What can be switched on and off during a call, and what the button says while it is on and while it is off. */
const sources = {
  mic: { id: 'mute', name: 'microphone', open: openMicrophone, words: ['Mute', 'Unmute'] },
  camera: { id: 'camera', name: 'camera', open: openCamera, words: ['Camera off', 'Camera on'] },
} as const
export type OwnSource = keyof typeof sources
export const ownSources = ['mic', 'camera'] as const

export const nameOf = (source: OwnSource) => sources[source].name

/** One's own microphone, camera and screen in one call. */
export class OwnMedia {
  readonly #call: OngoingCall
  /** What is sent, or could be at once. */
  readonly #states = new Map<OwnSource, 'on' | 'off'>()

  constructor(call: OngoingCall) {
    this.#call = call
    for (const source of ownSources) this.#note(source, undefined)
    call.on('source.ended', (source) => {
      hide(`own-${source}`)
      if (source === 'mic' || source === 'camera') this.#note(source, undefined)
    })
  }

  /** Switches it off or on again; what could not be had before is asked for anew. */
  async toggle(source: OwnSource): Promise<void> {
    const state = this.#states.get(source)
    if (state === 'on') await this.#call.mute(source)
    else if (state === 'off') await this.#call.unmute(source)
    else await this.#publish(source)
    this.#note(source, state === 'on' ? 'off' : 'on')
  }

  async share(): Promise<void> {
    const { video, audio } = await openScreen()
    await this.#call.publish('screen', video)
    hide('own-screen')
    // Whoever thought better of it meanwhile shares nothing, and nothing is heard of it.
    if (video.readyState === 'ended') return audio?.stop()
    show('own-screen', video)
    if (audio) await this.#call.publish('screen_audio', audio)
  }

  async #publish(source: OwnSource): Promise<void> {
    const track = await sources[source].open()
    await this.#call.publish(source, track)
    // A call that ended meanwhile has stopped it.
    if (source === 'camera' && track.readyState === 'live') show('own-camera', track)
  }

  #note(source: OwnSource, state: 'on' | 'off' | undefined): void {
    if (state) this.#states.set(source, state)
    else this.#states.delete(source)
    const { id, words } = sources[source]
    button(id).textContent = words[state === 'on' ? 0 : 1]
  }
}
