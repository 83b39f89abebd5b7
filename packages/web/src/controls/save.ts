/** Has the browser keep bytes as a file, as if they had been downloaded. */
export function save(name: string, bytes: Blob): void {
  const link = document.createElement('a')
  link.download = name
  link.href = URL.createObjectURL(bytes)
  link.click()
  // A download that was begun keeps the bytes by itself.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
