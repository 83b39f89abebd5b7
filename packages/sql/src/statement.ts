/** A statement's text with $1, $2 … and the names its metrics and spans carry. */
export type Statement = {
  text: string
  operation: string
  table: string
  /** A commit or rollback is carried through even when the request's time is over. */
  endsTransaction: boolean
  /** Under which each connection keeps its plan, where it does. */
  name?: string
}

const tableAfter: Record<string, RegExp> = {
  select: /\bfrom\s+([a-z_]+)/i,
  insert: /\binto\s+([a-z_]+)/i,
  update: /\bupdate\s+([a-z_]+)/i,
  delete: /\bfrom\s+([a-z_]+)/i,
}

/** Names what a statement does and to which table; of a `with` it is the part that writes. */
export function describeStatement(text: string): Statement {
  const first = /^\s*([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? 'other'
  const writing = /\b(insert|update|delete)\s+(?:into|from|[a-z_]+\s+(?:as\s+)?(?:[a-z_]+\s+)?set)\b/i.exec(text)
  const operation = first === 'with' ? (writing?.[1]?.toLowerCase() ?? 'select') : first
  const body = first === 'with' && writing ? text.slice(writing.index) : text
  const table = tableAfter[operation]?.exec(body)?.[1]?.toLowerCase() ?? 'none'
  return { text, operation, table, endsTransaction: /^(commit|rollback)$/.test(text) }
}

const statements = new WeakMap<TemplateStringsArray, Statement>()

/** The statement of a template; built once for each place in the code. */
export function toStatement(strings: TemplateStringsArray): Statement {
  const known = statements.get(strings)
  if (known) return known
  const statement = describeStatement(strings.reduce((text, part, index) => `${text}$${index}${part}`))
  statements.set(strings, statement)
  return statement
}

const prepared = new WeakMap<TemplateStringsArray, Statement>()
let preparedCount = 0

/** The statement of a template, with a name of its own. */
export function toPrepared(strings: TemplateStringsArray): Statement {
  const known = prepared.get(strings)
  if (known) return known
  const statement = { ...toStatement(strings), name: `statement_${++preparedCount}` }
  prepared.set(strings, statement)
  return statement
}
