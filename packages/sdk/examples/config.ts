import { homedir } from 'node:os'
import { join } from 'node:path'

const { SECURECONNECT_CACHE, XDG_CACHE_HOME } = process.env

/** Where the example keeps who is signed in, and what waits to be sent. */
export const exampleFolder = join(
  SECURECONNECT_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'secureconnect'),
  'example',
)
