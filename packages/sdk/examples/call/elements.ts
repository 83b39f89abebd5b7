export function find<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector)
  if (!(found instanceof type)) throw new Error(`The page has no ${selector}`)
  return found
}

export const button = (id: string) => find(`#${id}`, HTMLButtonElement)

export function say(text: string): void {
  find('#status', HTMLElement).textContent = text
}

export function show(id: string, track: MediaStreamTrack): void {
  const player = track.kind === 'audio' ? new Audio() : document.createElement('video')
  Object.assign(player, { id, autoplay: true, playsInline: true, muted: id.startsWith('own') })
  player.srcObject = new MediaStream([track])
  find('#videos', HTMLElement).append(player)
}

export function hide(id: string): void {
  document.getElementById(id)?.remove()
}
