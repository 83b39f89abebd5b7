import type { AnswerOf, BodyOf, Operation, QueryOf } from '@secureconnect/protocol'

type Call<O extends Operation> = {
  token?: string | undefined
  params?: Readonly<Record<string, string>>
  query?: QueryOf<O> | Readonly<Record<string, string | number>>
  body?: BodyOf<O> | object
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Sends an operation's request and reads the answer, whatever it is. */
export async function call<O extends Operation>(
  { address }: { address: string },
  operation: O,
  { token, params = {}, query = {}, body, headers = {}, signal }: Call<O> = {},
) {
  const path = operation.path.replaceAll(/:([a-z_]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const response = await fetch(`${address}${path}?${search}`, {
    method: operation.method,
    headers: {
      ...headers,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const answer = JSON.parse(await response.text())
  return {
    status: response.status,
    headers: response.headers,
    // The tests look at what it really is.
    data: answer.data as AnswerOf<O>,
    code: answer.error?.code as string | undefined,
    error: answer.error,
  }
}
