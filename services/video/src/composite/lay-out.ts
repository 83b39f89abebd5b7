/** Where on the picture something is shown, in pixels. */
export type Box = { x: number; y: number; width: number; height: number }

export const picture: Box = { x: 0, y: 0, width: 1_280, height: 720 }
/** Beside a shared screen the cameras have a quarter of the width. */
const screenWidth = 960
/** What most cameras send. */
const shape = { width: 16, height: 9 }

const even = (pixels: number) => Math.floor(pixels / 2) * 2

/** As many columns as make what is shown largest. */
function countColumns(count: number, { width, height }: Box): number {
  const scaleOf = (columns: number) =>
    Math.min(width / columns / shape.width, height / Math.ceil(count / columns) / shape.height)
  let best = 1
  for (let columns = 2; columns <= count; columns += 1) if (scaleOf(columns) >= scaleOf(best)) best = columns
  return best
}

/** So many boxes side by side and below each other, all of one size; a last row that is shorter stands in the middle. */
export function layOutGrid(count: number, area: Box): Box[] {
  const columns = countColumns(count, area)
  const width = even(area.width / columns)
  const height = even(area.height / Math.ceil(count / columns))
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns)
    const inRow = Math.min(columns, count - row * columns)
    const left = even((area.width - inRow * width) / 2)
    return { x: area.x + left + (index % columns) * width, y: area.y + row * height, width, height }
  })
}

/** Who is where: a grid of cameras, or screens large with the cameras at their side. */
export function layOut(shown: { screens: readonly string[]; cameras: readonly string[] }): Map<string, Box> {
  const { screens, cameras } = shown
  const left = { ...picture, width: cameras.length === 0 ? picture.width : screenWidth }
  const right = { ...picture, x: screenWidth, width: picture.width - screenWidth }
  const boxes = [
    ...layOutGrid(screens.length, left),
    ...layOutGrid(cameras.length, screens.length === 0 ? picture : right),
  ]
  return new Map([...screens, ...cameras].flatMap((track, index) => (boxes[index] ? [[track, boxes[index]]] : [])))
}
