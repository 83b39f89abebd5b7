export type Size = { readonly width: number; readonly height: number }

/** Of whoever does not say how large his picture is. */
const usualPicture: Size = { width: 1_280, height: 720 }
/** So much larger than it is a picture may be shown before it looks bad. */
const stretch = 1.25

const areaOf = ({ width, height }: Size) => width * height

/** The lowest layer of a picture, each half as wide and high as the next, that looks good where it is shown. */
export function chooseLayer(
  shown: Size,
  { picture = usualPicture, layers }: { picture?: Size; layers: number },
): number {
  const needed = Math.sqrt(areaOf(shown) / areaOf(picture))
  const halvings = Math.floor(Math.log2(stretch / needed))
  return layers - 1 - Math.min(layers - 1, Math.max(0, halvings))
}
