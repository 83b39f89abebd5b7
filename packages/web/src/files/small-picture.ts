const mostPixels = 160
/** It goes inside a message, of which several may go with one. */
const mostCharacters = 4_000

type Drawable = HTMLImageElement | HTMLVideoElement

function load(url: string, isVideo: boolean): Promise<Drawable> {
  return new Promise((resolve, reject) => {
    const element = isVideo ? document.createElement('video') : new Image()
    element.addEventListener(isVideo ? 'loadeddata' : 'load', () => resolve(element), { once: true })
    element.addEventListener('error', () => reject(new Error('The browser cannot show it.')), { once: true })
    element.src = url
  })
}

function sizeOf(element: Drawable): { width: number; height: number } {
  if (element instanceof HTMLVideoElement) return { width: element.videoWidth, height: element.videoHeight }
  return { width: element.naturalWidth, height: element.naturalHeight }
}

/** A small picture of a picture or a video, base64 of a WebP; undefined where the browser cannot make one. */
export async function makeSmallPicture(bytes: Blob, isVideo: boolean): Promise<string | undefined> {
  const url = URL.createObjectURL(bytes)
  try {
    const element = await load(url, isVideo)
    const { width, height } = sizeOf(element)
    const scale = Math.min(1, mostPixels / Math.max(width, height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(width * scale))
    canvas.height = Math.max(1, Math.round(height * scale))
    canvas.getContext('2d')?.drawImage(element, 0, 0, canvas.width, canvas.height)
    const [, base64 = ''] = canvas.toDataURL('image/webp', 0.4).split(',', 2)
    return base64.length > 0 && base64.length <= mostCharacters ? base64 : undefined
  } catch {
    return undefined
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Where a small picture is that came in a message. */
export function urlOfSmallPicture(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return URL.createObjectURL(new Blob([bytes], { type: 'image/webp' }))
  } catch {
    return undefined
  }
}
