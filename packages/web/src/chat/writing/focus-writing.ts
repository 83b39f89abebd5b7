/** Leads the keys back to where one writes, from what is gone now and had them; the next frame knows what is there. */
export function focusWriting(): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return
    document.querySelector<HTMLElement>('.composer textarea')?.focus()
  })
}
