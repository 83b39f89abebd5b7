import { useLayoutEffect, useRef } from 'preact/hooks'

/** A field of several lines that grows with what is written, up to what its style allows. */
export function useGrowing(text: string) {
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const { current } = field
    if (!current) return
    current.style.height = 'auto'
    current.style.height = `${current.scrollHeight}px`
  }, [text])
  return field
}
