import { type ServiceName, serviceNames, services } from '@secureconnect/protocol'

/** One family of metrics, declared once: its name, its exact labels and the services it belongs to. */
export type Family<
  Kind extends 'counter' | 'gauge' | 'histogram' = 'counter' | 'gauge' | 'histogram',
  Label extends string = string,
> = {
  kind: Kind
  name: string
  help: string
  labels: readonly Label[]
  services: readonly ServiceName[]
  /** Label sets that exist at 0 from the start, because a rate needs a first value. */
  zeros: readonly Readonly<Record<Label, string>>[]
  buckets?: readonly number[]
}

export const everyService: readonly ServiceName[] = serviceNames
export const sqlServices: readonly ServiceName[] = serviceNames.filter((name) => services[name].hasSql)
export const socketServices: readonly ServiceName[] = serviceNames.filter((name) => services[name].hasSockets)

/** Seconds; holds every threshold that an objective or an alert uses. */
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.3, 0.5, 0.8, 1, 2, 2.5, 5, 10] as const

type Options<Label extends string> = {
  help: string
  services: readonly ServiceName[]
  labels?: readonly Label[]
  /** The values of each label, where they are all known: every combination starts at 0. */
  known?: Readonly<Record<NoInfer<Label>, readonly string[]>>
  buckets?: readonly number[]
}

function combine<Label extends string>(known: Readonly<Record<Label, readonly string[]>>): Record<Label, string>[] {
  const entries = Object.entries<readonly string[]>(known)
  const start: Record<string, string>[] = [{}]
  return entries.reduce(
    (sets, [label, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value }))),
    start,
  )
}

function declare<Kind extends Family['kind'], Label extends string>(
  kind: Kind,
  name: string,
  options: Options<Label>,
): Family<Kind, Label> {
  const { help, services, labels = [], known, buckets } = options
  return { kind, name, help, services, labels, zeros: known ? combine(known) : [], ...(buckets && { buckets }) }
}

export function counter<Label extends string = never>(name: string, options: Options<Label>): Family<'counter', Label> {
  return declare('counter', name, options)
}

export function gauge<Label extends string = never>(name: string, options: Options<Label>): Family<'gauge', Label> {
  return declare('gauge', name, options)
}

export function histogram<Label extends string = never>(
  name: string,
  options: Options<Label>,
): Family<'histogram', Label> {
  return declare('histogram', name, { buckets: secondsBuckets, ...options })
}
