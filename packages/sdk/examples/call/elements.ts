export function find<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector)
  if (!(found instanceof type)) throw new Error(`The page has no ${selector}`)
  return found
}

export const button = (id: string) => find(`#${id}`, HTMLButtonElement)

export function say(text: string): void {
  find('#status', HTMLElement).textContent = text
}

/** Plays a track; under a picture stands how large it comes. Who draws at its corner has it larger or smaller. */
export function show(id: string, track: MediaStreamTrack): HTMLMediaElement {
  const player = track.kind === 'audio' ? new Audio() : document.createElement('video')
  Object.assign(player, { id, autoplay: true, playsInline: true, muted: id.startsWith('own') })
  player.srcObject = new MediaStream([track])
  const frame = document.createElement('figure')
  frame.append(player)
  if (player instanceof HTMLVideoElement) {
    const size = document.createElement('figcaption')
    player.onresize = () => size.replaceChildren(`${player.videoWidth} × ${player.videoHeight}`)
    frame.append(size)
  }
  find('#videos', HTMLElement).append(frame)
  return player
}

export function hide(id: string): void {
  document.getElementById(id)?.closest('figure')?.remove()
}
