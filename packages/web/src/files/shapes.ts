/** How large a picture or a video is to be drawn, before any of it is there. */
export type Shape = { width: number; height: number }

const mostPixels = 100_000

function toShape(width: number, height: number): Shape | undefined {
  const isShape = [width, height].every((side) => Number.isInteger(side) && side > 0 && side <= mostPixels)
  return isShape ? { width, height } : undefined
}

/** The shapes of a message's files in their order, as its metadata has them: `640x480 - 1280x720`. */
export function writeShapes(shapes: readonly (Shape | undefined)[]): string {
  return shapes.map((shape) => (shape ? `${shape.width}x${shape.height}` : '-')).join(' ')
}

/** Whatever stands there was written by somebody else: what is no shape is none. */
export function readShapes(written: unknown): readonly (Shape | undefined)[] {
  if (typeof written !== 'string') return []
  return written.split(' ').map((each) => {
    const [, width, height] = /^(\d{1,6})x(\d{1,6})$/.exec(each) ?? []
    return toShape(Number(width), Number(height))
  })
}

function load<E extends HTMLElement & { src: string }>(element: E, url: string, loaded: 'load' | 'loadedmetadata') {
  return new Promise<E>((resolve, reject) => {
    element.addEventListener(loaded, () => resolve(element), { once: true })
    element.addEventListener('error', () => reject(new Error('The browser cannot show it.')), { once: true })
    element.src = url
  })
}

/** The shape of a picture or a video that a URL gives; undefined where the browser cannot show it. */
export async function measure(url: string, kind: 'picture' | 'video'): Promise<Shape | undefined> {
  try {
    if (kind === 'picture') {
      const { naturalWidth, naturalHeight } = await load(new Image(), url, 'load')
      return toShape(naturalWidth, naturalHeight)
    }
    const { videoWidth, videoHeight } = await load(document.createElement('video'), url, 'loadedmetadata')
    return toShape(videoWidth, videoHeight)
  } catch {
    return undefined
  }
}
