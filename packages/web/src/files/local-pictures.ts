/** As many as a person sends within minutes; after that the service has its own small pictures of them. */
const most = 40

const urls = new Map<string, string>()

/** Keeps a picture that came from this page, so that its author sees it at once. */
export function keepPicture(key: string, url: string): void {
  urls.set(key, url)
  const [oldest] = urls
  if (urls.size > most && oldest) forgetPicture(oldest[0])
}

export const findPicture = (key: string): string | undefined => urls.get(key)

/** From now on the picture goes by another key: that of the file that was made of it. */
export function renamePicture(from: string, to: string): void {
  const url = urls.get(from)
  if (url === undefined) return
  urls.delete(from)
  urls.set(to, url)
}

export function forgetPicture(key: string): void {
  const url = urls.get(key)
  if (url === undefined) return
  urls.delete(key)
  URL.revokeObjectURL(url)
}

export function forgetPictures(): void {
  for (const key of [...urls.keys()]) forgetPicture(key)
}
