import type * as contract from '@secureconnect/protocol'
import type { AnswerOf, BodyOf, Operation, ParamsOf, QueryOf } from '@secureconnect/protocol'
import { operationRows } from './contract.ts'

type Contract = typeof contract
type Rows = typeof operationRows
/** Who may call an operation, its method and its path. */
export type Row = readonly [caller: contract.Caller, method: contract.Method, path: string]

type Fields<T> = T extends undefined ? unknown : T
/** All that an operation is told, in one object: what stands in its path, its query and its body. */
export type InputOf<O extends Operation> = Fields<ParamsOf<O>> & Fields<QueryOf<O>> & Fields<BodyOf<O>>

export type CallOptions = {
  /** Makes a repeat of this request find what the first one made. */
  idempotencyKey?: string
  signal?: AbortSignal
}

type Method<O extends Operation> =
  unknown extends InputOf<O>
    ? (input?: undefined, options?: CallOptions) => Promise<AnswerOf<O>>
    : Record<never, never> extends InputOf<O>
      ? (input?: InputOf<O>, options?: CallOptions) => Promise<AnswerOf<O>>
      : (input: InputOf<O>, options?: CallOptions) => Promise<AnswerOf<O>>

/** A method for every operation, under the names that the contract gives them. */
export type Rest = {
  readonly [G in keyof Rows & keyof Contract]: {
    readonly [K in keyof Rows[G] & keyof Contract[G]]: Contract[G][K] extends Operation ? Method<Contract[G][K]> : never
  }
}

export type Input = Readonly<Record<string, unknown>>
export type Call = { row: Row; input: Input; options: CallOptions }

/** Makes the methods; `send` carries each of them out. */
export function buildRest(send: (call: Call) => Promise<unknown>): Rest {
  const groups = Object.entries<Readonly<Record<string, Row>>>(operationRows).map(([group, rows]) => {
    const methods = Object.entries(rows).map(([key, row]) => [
      key,
      (input: Input = {}, options: CallOptions = {}) => send({ row, input, options }),
    ])
    return [group, Object.fromEntries(methods)]
  })
  // The rows are generated from the contract that types the methods.
  return Object.fromEntries(groups) as Rest
}
