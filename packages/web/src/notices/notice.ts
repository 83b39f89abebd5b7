/** What goes with a notification that is shown, for whoever opens it or wants to show it again. */
export type NoticeData = {
  /** The page of ours that it leads to. */
  path: string
  /** Two with the same are about the same. */
  about: string
}

/** What takes each other's place on the screen; a push and the page that is still open say it alike. */
export function toTag(id: string): string {
  return id.replaceAll('-', '')
}

export function describeSubject(kind: string, messageId: string | null | undefined): string {
  return `${kind} ${messageId ?? ''}`
}
