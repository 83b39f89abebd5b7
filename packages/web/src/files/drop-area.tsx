import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { words } from '../words/index.ts'
import { attach } from './uploading.ts'

const holdsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false

type Props = { conversationId: string; children: ComponentChildren }

/** Attaches what is dropped anywhere on it; whoever has no mouse uses the button beside the message. */
export function DropArea({ conversationId, children }: Props) {
  const area = useRef<HTMLDivElement>(null)
  const isOver = useSignal(false)
  useEffect(() => {
    const { current } = area
    if (!current) return
    const listening = new AbortController()
    const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', take: (event: DragEvent) => void) =>
      current.addEventListener(type, (event) => holdsFiles(event) && take(event), listening)
    const allow = (event: DragEvent) => {
      event.preventDefault()
      isOver.value = true
    }
    on('dragenter', allow)
    on('dragover', allow)
    on('dragleave', ({ relatedTarget }) => {
      const isInside = relatedTarget instanceof Node && current.contains(relatedTarget)
      if (!isInside) isOver.value = false
    })
    on('drop', (event) => {
      event.preventDefault()
      isOver.value = false
      attach(conversationId, [...(event.dataTransfer?.files ?? [])])
    })
    return () => listening.abort()
  }, [conversationId])
  return (
    <div class="drop-area" ref={area}>
      {children}
      {isOver.value && <p class="drop-hint">{words.files.dropHere}</p>}
    </div>
  )
}
