const timeoutMs = 10_000

export type Answered = { status: number; text: string; headers: Headers }

/** Why nobody answered, as far as it is known. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message
}

/** Asks for a page; that nobody answers is an error which says why. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answered> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs), ...init })
    return { status: response.status, text: await response.text(), headers: response.headers }
  } catch (error) {
    throw new Error(`${new URL(url).origin}: ${describe(error)}`, { cause: error })
  }
}
