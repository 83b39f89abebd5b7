export type Box = { width: number; height: number }
export type Place = Box & { left: number; top: number }

const gap = 8
/** Pictures may be a little taller than wide, and no wider than a cinema's. */
const ratios = { least: 0.75, most: 16 / 9 }
/** Smaller ones show nobody: more of them are scrolled to. */
const leastWidth = 112
const stripSize = 168

type Grid = { columns: number; size: Box }

function fit({ width, height }: Box, columns: number, count: number): Grid {
  const rows = Math.ceil(count / columns)
  const wide = Math.floor((width - gap * (columns - 1)) / columns)
  const tall = Math.floor((height - gap * (rows - 1)) / rows)
  const size = {
    width: Math.min(wide, Math.floor(tall * ratios.most)),
    height: Math.min(tall, Math.floor(wide / ratios.least)),
  }
  return { columns, size }
}

function fillScrolled({ width }: Box): Grid {
  const columns = Math.max(1, Math.floor((width + gap) / (leastWidth + gap)))
  const wide = Math.floor((width - gap * (columns - 1)) / columns)
  return { columns, size: { width: wide, height: wide } }
}

const areaOf = ({ size }: Grid) => Math.max(0, size.width) * Math.max(0, size.height)

function chooseGrid(box: Box, count: number): Grid {
  const grids = Array.from({ length: count }, (_, index) => fit(box, index + 1, count))
  const best = grids.reduce((one, other) => (areaOf(other) > areaOf(one) ? other : one))
  return best.size.width < leastWidth ? fillScrolled(box) : best
}

/** Places that many tiles side by side, as large as a box allows, with the last row in the middle. */
export function placeInGrid(box: Box, count: number): Place[] {
  if (count === 0 || box.width <= 0 || box.height <= 0) return []
  const { columns, size } = chooseGrid(box, count)
  const rows = Math.ceil(count / columns)
  const above = Math.max(0, (box.height - rows * size.height - (rows - 1) * gap) / 2)
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns)
    const inRow = row === rows - 1 ? count - row * columns : columns
    const before = (box.width - inRow * size.width - (inRow - 1) * gap) / 2
    return {
      ...size,
      left: Math.floor(before + (index % columns) * (size.width + gap)),
      top: Math.floor(above + row * (size.height + gap)),
    }
  })
}

/** Places the first of that many tiles large and the others in a strip beside or below it, as many as there is room for. */
export function placeAround(box: Box, count: number): Place[] {
  const { width, height } = box
  if (count <= 1) return placeInGrid(box, count)
  const isWide = width > height * 1.2
  const strip = Math.min(stripSize, Math.floor((isWide ? width : height) / 4))
  const across = isWide ? Math.floor(strip / 1.4) : strip
  const length = isWide ? height : width
  const fitting = Math.min(count - 1, Math.max(1, Math.floor((length + gap) / (across + gap))))
  const before = Math.max(0, (length - fitting * across - (fitting - 1) * gap) / 2)
  const large = isWide
    ? { left: 0, top: 0, width: width - strip - gap, height }
    : { left: 0, top: 0, width, height: height - strip - gap }
  const others = Array.from({ length: fitting }, (_, index) => {
    const along = Math.floor(before + index * (across + gap))
    return isWide
      ? { left: width - strip, top: along, width: strip, height: across }
      : { left: along, top: height - strip, width: across, height: strip }
  })
  return [large, ...others]
}
