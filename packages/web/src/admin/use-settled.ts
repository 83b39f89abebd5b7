import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** So long somebody types on before anything is asked. */
const pauseMs = 250

/** What somebody has typed once he pauses. */
export function useSettled(text: string): string {
  const settled = useSignal(text)
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = text.trim()
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled.value
}
