import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { attachmentsOf, readinessOf } from './attachments.ts'
import { attach, restoreUploads } from './uploading.ts'

export type Attached = {
  hasFiles: boolean
  readiness: ReturnType<typeof readinessOf>
  /** The message is to go out as soon as its files are there. */
  isHeld: Signal<boolean>
  /** Takes in the files that somebody pastes, such as a picture. */
  paste: (event: ClipboardEvent) => void
}

/** The files of the message that somebody writes; `send` sends what was held until they were uploaded. */
export function useAttached(conversationId: string, send: () => void): Attached {
  const attachments = attachmentsOf(conversationId)
  const readiness = readinessOf(attachments)
  const isHeld = useSignal(false)
  useEffect(() => void restoreUploads(conversationId).catch(() => undefined), [conversationId])
  useEffect(() => {
    if (!isHeld.value || readiness === 'under-way') return
    isHeld.value = false
    send()
  }, [readiness])

  function paste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    attach(conversationId, files)
  }
  return { hasFiles: attachments.length > 0, readiness, isHeld, paste }
}
