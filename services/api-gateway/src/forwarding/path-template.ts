/** Writes an upstream path: the template's own text, and each parameter encoded as one segment. */
export type WritePath = (params: Readonly<Record<string, unknown>>) => string

/** Reads a template such as `/v1/users/:user_id/block` once; a parameter is a whole segment. */
export function compilePath(template: string): WritePath {
  const segments = template.split('/')
  const isParameter = (segment: string) => segment.startsWith(':')
  if (!segments.some(isParameter)) return () => template
  return (params) =>
    segments
      .map((segment) => (isParameter(segment) ? encodeURIComponent(String(params[segment.slice(1)])) : segment))
      .join('/')
}

/** The names of a template's parameters. */
export function parametersOf(template: string): string[] {
  return template
    .split('/')
    .filter((segment) => segment.startsWith(':'))
    .map((segment) => segment.slice(1))
}
