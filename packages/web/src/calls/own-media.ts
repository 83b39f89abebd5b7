import { type Signal, signal } from '@preact/signals'
import { type OngoingCall, openCamera, openMicrophone, openScreen } from '@secureconnect/sdk/calls'
import { words } from '../words/index.ts'
import { deviceChoice } from './device-choice.ts'
import { explainDevice, isChangeOfMind } from './explain-device.ts'

export type OwnSource = 'mic' | 'camera' | 'screen'
type SourceState =
  | { is: 'off' }
  | { is: 'opening' }
  | { is: 'on'; track: MediaStreamTrack }
  | { is: 'muted'; track: MediaStreamTrack }

/** What could not be had, or was lost, in words. */
export type MediaFault = { source: OwnSource; text: string }

const off: SourceState = { is: 'off' }

/** Whoever has unplugged the device that he chose is given another one. */
async function openChosen(source: 'mic' | 'camera'): Promise<MediaStreamTrack> {
  const open = source === 'mic' ? openMicrophone : openCamera
  const id = deviceChoice.value[source]
  if (id === undefined) return open()
  return open(id).catch((error: unknown) => {
    const isAway = error instanceof DOMException && ['NotFoundError', 'OverconstrainedError'].includes(error.name)
    if (!isAway) throw error
    return open()
  })
}

/** One's own microphone, camera and screen: opened at once, and sent from when one is in the call. */
export class OwnMedia {
  readonly states: Readonly<Record<OwnSource, Signal<SourceState>>> = {
    mic: signal(off),
    camera: signal(off),
    screen: signal(off),
  }
  readonly fault = signal<MediaFault | undefined>(undefined)
  readonly #sent = new Set<OwnSource>()
  #call: OngoingCall | undefined
  #isOver = false

  /** Sends what is on, and whatever is switched on later. */
  async send(call: OngoingCall): Promise<void> {
    this.#call = call
    await Promise.all([this.#publish('mic'), this.#publish('camera')])
  }

  async toggle(source: OwnSource): Promise<void> {
    const state = this.states[source].value
    if (state.is === 'opening') return
    if (state.is === 'off') await this.turnOn(source)
    else if (source !== 'mic') await this.turnOff(source)
    else if (state.is === 'on') await this.mute()
    else await this.#unmute(state.track)
  }

  async turnOn(source: OwnSource): Promise<void> {
    const opening: SourceState = { is: 'opening' }
    const before = this.states[source].value
    this.states[source].value = opening
    if (this.fault.value?.source === source) this.fault.value = undefined
    try {
      const track = source === 'screen' ? await this.#openScreen() : await openChosen(source)
      if (this.#isOver || this.states[source].value !== opening) return track.stop()
      track.addEventListener('ended', () => this.#lose(source, track))
      this.states[source].value = before.is === 'muted' ? { is: 'muted', track } : { is: 'on', track }
      // The browser's own stop may have come first.
      if (track.readyState === 'ended') return this.#lose(source, track)
      if (this.#sent.has(source)) return await this.#call?.publish(source, track)
      if ('track' in before) before.track.stop()
      await this.#publish(source)
    } catch (error) {
      if (this.states[source].value === opening) this.states[source].value = before
      this.#tell(source, error)
    }
  }

  async turnOff(source: OwnSource): Promise<void> {
    const state = this.states[source].value
    this.states[source].value = off
    this.#sent.delete(source)
    if ('track' in state) state.track.stop()
    await this.#call?.unpublish(source).catch(() => undefined)
  }

  async mute(): Promise<void> {
    const state = this.states.mic.value
    if (state.is !== 'on') return
    this.states.mic.value = { ...state, is: 'muted' }
    await this.#call?.mute('mic').catch((error: unknown) => this.#tell('mic', error))
  }

  /** Takes notice of what a moderator lets nothing of through. */
  noteHeld(held: readonly string[]): void {
    if (held.includes('mic')) void this.mute()
    for (const source of ['camera', 'screen'] as const) {
      if (held.includes(source) && this.states[source].value.is !== 'off') void this.turnOff(source)
    }
  }

  close(): void {
    this.#isOver = true
    this.#call = undefined
    for (const state of Object.values(this.states)) {
      if ('track' in state.value) state.value.track.stop()
      state.value = off
    }
  }

  async #unmute(track: MediaStreamTrack): Promise<void> {
    this.states.mic.value = { is: 'on', track }
    try {
      if (this.#sent.has('mic')) await this.#call?.unmute('mic')
      else await this.#publish('mic')
    } catch (error) {
      this.states.mic.value = { is: 'muted', track }
      this.#tell('mic', error)
    }
  }

  async #openScreen(): Promise<MediaStreamTrack> {
    const { video, audio } = await openScreen()
    if (audio) await this.#call?.publish('screen_audio', audio)
    return video
  }

  /** What was muted before it was sent is sent once it is not. */
  async #publish(source: OwnSource): Promise<void> {
    const state = this.states[source].value
    if (!this.#call || state.is !== 'on' || this.#sent.has(source)) return
    this.#sent.add(source)
    try {
      await this.#call.publish(source, state.track)
    } catch (error) {
      this.#sent.delete(source)
      if (this.states[source].value === state) this.states[source].value = off
      this.#tell(source, error)
    }
  }

  #lose(source: OwnSource, track: MediaStreamTrack): void {
    const state = this.states[source].value
    if (!('track' in state) || state.track !== track) return
    this.states[source].value = off
    this.#sent.delete(source)
    // A screen is mostly stopped by the browser's own button.
    if (source !== 'screen')
      this.fault.value = { source, text: words.calls.devices.lost(words.calls.devices.names[source]) }
  }

  #tell(source: OwnSource, error: unknown): void {
    if (this.#isOver || isChangeOfMind(source, error)) return
    this.fault.value = { source, text: explainDevice(source, error) }
  }
}
