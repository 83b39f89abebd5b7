import type { PictureSize } from './picture-sizes.ts'

/** What is about to be scrolled to begins before it can be seen. */
const nearby = '25%'
const windowChanges = ['enterpictureinpicture', 'leavepictureinpicture'] as const

/** Tells how large an element is on the screen, and that it has no size while nobody can see it; what it returns ends that. */
export function watchElement(element: Element, tell: (size: PictureSize) => void): () => void {
  let isNear = false
  const look = () => {
    const hasOwnWindow = document.pictureInPictureElement === element
    const isSeen = hasOwnWindow || (isNear && document.visibilityState === 'visible')
    const { width, height } = element.getBoundingClientRect()
    const scale = isSeen ? devicePixelRatio : 0
    tell({ width: width * scale, height: height * scale })
  }
  const seeing = new IntersectionObserver(
    (entries) => {
      isNear = entries.at(-1)?.isIntersecting ?? isNear
      look()
    },
    { rootMargin: nearby },
  )
  const measuring = new ResizeObserver(look)
  seeing.observe(element)
  measuring.observe(element)
  document.addEventListener('visibilitychange', look)
  for (const change of windowChanges) element.addEventListener(change, look)
  return () => {
    seeing.disconnect()
    measuring.disconnect()
    document.removeEventListener('visibilitychange', look)
    for (const change of windowChanges) element.removeEventListener(change, look)
  }
}
