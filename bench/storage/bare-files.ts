import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { serve } from '../shared/child.ts'

/** The least that a file server on Node can do: bytes from and to a file, with nothing checked, signed or made safe. */
const [, , folder = ''] = process.argv

serve((request, response) => {
  const path = join(folder, (request.url ?? '').slice(1))
  if (request.method !== 'PUT') {
    createReadStream(path).pipe(response)
    return
  }
  void pipeline(request, createWriteStream(path)).then(() => response.end())
})
