/** Which square of a picture is meant: how large it is drawn, and how far it is moved from the middle, in parts of the square. */
export type Crop = { zoom: number; x: number; y: number }

export const mostZoom = 4
/** As large as a picture of somebody is ever shown. */
export const pictureSide = 512

type Size = Readonly<{ width: number; height: number }>

/** How far a picture reaches beyond its square on each side, in parts of the square. */
function reachOf({ width, height }: Size, zoom: number): { x: number; y: number } {
  const shorter = Math.min(width, height)
  return { x: (zoom * width) / shorter / 2 - 0.5, y: (zoom * height) / shorter / 2 - 0.5 }
}

/** The nearest crop in which the picture covers the square. */
export function fit(image: Size, { zoom, x, y }: Crop): Crop {
  const near = Math.min(mostZoom, Math.max(1, zoom))
  const reach = reachOf(image, near)
  return {
    zoom: near,
    x: Math.min(reach.x, Math.max(-reach.x, x)),
    y: Math.min(reach.y, Math.max(-reach.y, y)),
  }
}

/** Draws the square over all of a canvas. */
export function drawCrop(canvas: HTMLCanvasElement, image: ImageBitmap, { zoom, x, y }: Crop): void {
  const side = canvas.width
  const scale = (zoom * side) / Math.min(image.width, image.height)
  const width = image.width * scale
  const height = image.height * scale
  const context = canvas.getContext('2d')
  // What is seen through would be black in a picture without transparency.
  if (context) context.fillStyle = 'white'
  context?.fillRect(0, 0, side, side)
  context?.drawImage(image, (side - width) / 2 + x * side, (side - height) / 2 + y * side, width, height)
}

/** The bytes of the square. */
export async function cutOut(image: ImageBitmap, crop: Crop): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = pictureSide
  canvas.height = pictureSide
  drawCrop(canvas, image, crop)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture came of it'))), 'image/jpeg', 0.88)
  })
}
