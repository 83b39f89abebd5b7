import { before } from 'node:test'
import { suiteScope } from '@secureconnect/test/helpers'
import { type Auth, ask, type Engine, registerAdmin, startAuth } from './test-auth.ts'

/** One auth-service for all tests of a suite, and what its administrator asks it; to be used within tests. */
export function shareAdmin(engine: Engine) {
  const suite = suiteScope()
  let shared: { auth: Auth; token: string } | undefined
  before(async () => {
    const auth = await startAuth(suite, engine)
    shared = { auth, token: (await registerAdmin(auth)).access_token }
  })
  const open = () => {
    if (!shared) throw new Error('The suite has not begun')
    return shared
  }
  return {
    open: () => open().auth,
    get: (path: string) => ask(`${open().auth.address}/v1/admin/${path}`, { token: open().token }),
  }
}
