import { insist } from '@secureconnect/sdk'
import { useEffect, useState } from 'preact/hooks'
import { client } from '../app/client.ts'
import { findSealedFile } from '../encryption/sealed-files.ts'
import { openSealedFile } from '../encryption/sealed-links.ts'
import { shownName } from './shown-name.ts'

/** Where the bytes of a file are, and those of a small picture of it. */
export type Links = { download_url: string; preview_url: string | null; expires_at: string }

const most = 300
/** What begins now must not end before its bytes are on their way. */
const marginMs = 30_000

const found = new Map<string, Promise<Links>>()
client.onSignedOut(() => found.clear())

function isGood({ expires_at }: Links): boolean {
  return Date.parse(expires_at) - Date.now() > marginMs
}

function ask(file_id: string): Promise<Links> {
  const asked = insist(() => client.rest.files.getDownload({ file_id }))
  found.delete(file_id)
  found.set(file_id, asked)
  asked.catch(() => found.delete(file_id))
  const [oldest] = found.keys()
  if (found.size > most && oldest !== undefined) found.delete(oldest)
  return asked
}

/** The links to a file, which are good for minutes; `anew` where those at hand led nowhere. */
export async function getLinks(fileId: string, { anew = false } = {}): Promise<Links> {
  const sealed = findSealedFile(fileId)
  if (sealed) return openSealedFile(sealed)
  const known = anew ? undefined : await found.get(fileId)
  return known && isGood(known) ? known : ask(fileId)
}

/** The links to a file once they are wanted; `retry` asks for others. */
export function useLinks(fileId: string, isWanted: boolean) {
  const [links, setLinks] = useState<Links>()
  const [error, setError] = useState<unknown>()
  const load = (anew: boolean) => {
    setError(undefined)
    getLinks(fileId, { anew }).then(setLinks, setError)
  }
  useEffect(() => {
    if (isWanted) load(false)
  }, [fileId, isWanted])
  return { links, error, retry: () => load(true) }
}

/** Whoever follows a link to a store that is away leaves this page: so its first byte is asked for before. */
async function assertThere(url: string): Promise<void> {
  const first = await fetch(url, { headers: { range: 'bytes=0-0' } })
  await first.body?.cancel()
  if (!first.ok) throw new Error(`The store answered ${first.status}.`)
}

/** Has the browser fetch a file and keep it under its name. */
export async function saveFile(fileId: string): Promise<void> {
  const { download_url: url } = await getLinks(fileId)
  const sealed = findSealedFile(fileId)
  if (!sealed) await assertThere(url)
  const link = document.createElement('a')
  link.href = url
  link.download = sealed ? shownName(sealed.name) : ''
  link.click()
}
