import type { Message } from '@secureconnect/sdk'
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** The list stands on its end: there its place is 0, and above it below 0. */
export const isAtEnd = (scroller: HTMLElement) => scroller.scrollTop > -40

/** Keeps what is read where it is while rows come and go around it. */
export function useSteadyPlace(scroller: RefObject<HTMLDivElement | null>, messages: readonly Message[]) {
  const anchor = useRef<{ id: string; top: number } | undefined>(undefined)
  const remember = () => {
    const { current } = scroller
    if (!current || isAtEnd(current)) {
      anchor.current = undefined
      return
    }
    const { top } = current.getBoundingClientRect()
    for (const row of current.querySelectorAll<HTMLElement>('[data-id]')) {
      const box = row.getBoundingClientRect()
      if (box.bottom < top) continue
      anchor.current = { id: row.dataset.id ?? '', top: box.top }
      return
    }
  }
  useLayoutEffect(() => {
    const { current } = scroller
    if (current && anchor.current) {
      const row = current.querySelector(`[data-id="${anchor.current.id}"]`)
      if (row) current.scrollTop += row.getBoundingClientRect().top - anchor.current.top
    }
    remember()
  }, [messages])
  return remember
}
