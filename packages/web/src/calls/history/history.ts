import { signal } from '@preact/signals'
import type { Call } from '@secureconnect/sdk/calls'
import { client } from '../../app/client.ts'

const pageSize = 30

type State = { is: 'loading' } | { is: 'there' } | { is: 'failed'; error: unknown }

/** The calls that one made, got or was in, the newest first, as far as one went back. */
export class History {
  readonly calls = signal<readonly Call[]>([])
  readonly state = signal<State>({ is: 'loading' })
  readonly hasOlder = signal(false)
  #cursor: string | null = null
  #isLoading = false

  /** Loads the newest, or goes on from where it is. */
  async load(): Promise<void> {
    if (this.#isLoading) return
    this.#isLoading = true
    this.state.value = { is: 'loading' }
    try {
      const page = await client.rest.calls.list({ limit: pageSize, ...(this.#cursor && { cursor: this.#cursor }) })
      this.calls.value = [...this.calls.value, ...page.calls]
      this.#cursor = page.next_cursor
      this.hasOlder.value = page.has_more
      this.state.value = { is: 'there' }
    } catch (error) {
      this.state.value = { is: 'failed', error }
    } finally {
      this.#isLoading = false
    }
  }
}
