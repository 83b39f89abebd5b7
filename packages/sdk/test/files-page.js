// A page of browser.test.ts, about files. It tells the test what happens by `tell`.
import { createClient } from '@secureconnect/sdk'

const tell = (told) => fetch('/told', { method: 'POST', body: JSON.stringify(told) })
addEventListener('unhandledrejection', ({ reason }) => tell({ fault: String(reason) }))

const client = createClient({ address: new URLSearchParams(location.search).get('address') })
const password = 'seven quiet harbours'
await client.register({ username: 'page-film', email: 'page-film@example.org', display_name: 'Ada', password })

const hashOf = async (blob) => String(new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())))
const noise = new Uint8Array(40_000_000).map((_, index) => index ** 2 % 251)
const film = new Blob(['\0\0\0\x18ftypmp42', noise.slice(12)], { type: 'video/mp4' })

const progress = []
const options = { onProgress: (bytes, of) => progress.push([bytes, of]) }
const { file_id } = await client.files.upload({ name: 'film.mp4', bytes: film }, options)
await tell({ progress })
const got = await client.files.download(file_id)
await tell({ fetched: got.size, type: got.type, isSame: (await hashOf(got)) === (await hashOf(film)) })

const aborting = new AbortController()
const { signal } = aborting
const onProgress = () => aborting.abort(new Error('no longer wanted'))
await client.files
  .upload({ name: 'film.mp4', bytes: film }, { onProgress, signal })
  .catch(({ message }) => tell({ aborted: message }))
const photo = new Blob(['<script>'], { type: 'image/png' })
await client.files.upload({ name: 'x.png', bytes: photo }).catch(({ code }) => tell({ refused: code }))
await tell({ isOver: true })
