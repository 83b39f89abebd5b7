/** A statement of a migration that processes of the revision before would trip over, and why. */
type Narrowing = { what: string; isIn: (statement: string, script: string, earlier: string) => boolean }

const isMadeHere = (statement: string, script: string, name: RegExp) => {
  const table = name.exec(statement)?.[1]
  return table !== undefined && new RegExp(`create table if not exists ${table}\\b`).test(script)
}

const literals = (text: string) => [...text.matchAll(/'([^']*)'/g)].map(([, value = '']) => value)

/** A constraint may only be put in the place of one of its name that allowed no more. */
function isNarrower(statement: string, script: string, earlier: string): boolean {
  const [, name = ''] = /add constraint (\w+)/.exec(statement) ?? []
  if (!script.includes(`drop constraint if exists ${name};`)) return true
  const definition = new RegExp(`constraint ${name} check \\(([^;]*?)\\)(?=,\n|;|\n\\))`, 'g')
  const before = [...earlier.matchAll(definition)].at(-1)?.[1] ?? ''
  return literals(before).some((value) => !literals(statement).includes(value))
}

const narrowings: readonly Narrowing[] = [
  {
    what: 'takes something away',
    isIn: (statement) => /\bdrop (table|column|view|schema|type|sequence|function|default)\b/.test(statement),
  },
  { what: 'renames something', isIn: (statement) => /^alter .*\brename\b/s.test(statement) },
  { what: 'gives a column another type', isIn: (statement) => /\balter column \w+ (set data )?type\b/.test(statement) },
  { what: 'has a column refuse null', isIn: (statement) => /\balter column \w+ set not null\b/.test(statement) },
  {
    what: 'adds a column that has to be filled',
    isIn: (statement) =>
      statement
        .split(/(?=\badd column\b)/)
        .some((part) => /^add column.*\bnot null\b/s.test(part) && !/\bdefault\b/.test(part)),
  },
  {
    what: 'allows only one of what there may be several of',
    isIn: (statement, script) =>
      /^create unique index\b/.test(statement) && !isMadeHere(statement, script, /\bon (\w+)/),
  },
  {
    what: 'forbids what was allowed',
    isIn: (statement, script, earlier) =>
      /\badd constraint\b/.test(statement) &&
      !isMadeHere(statement, script, /^alter table (?:if exists )?(\w+)/) &&
      isNarrower(statement, script, earlier),
  },
]

const withoutComments = (script: string) => script.replaceAll(/--.*$/gm, '')

/** What in a migration is no mere expansion of what the earlier ones made, each in a sentence. */
export function listNarrowings(script: string, earlier: string): string[] {
  const plain = withoutComments(script).toLowerCase()
  const statements = plain.split(';').map((statement) => statement.trim())
  return statements.flatMap((statement) =>
    narrowings
      .filter(({ isIn }) => isIn(statement, plain, withoutComments(earlier).toLowerCase()))
      .map(({ what }) => `${what}: ${statement.split('\n')[0]}`),
  )
}
