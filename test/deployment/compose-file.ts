import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../..')

export type Mount = string | { type: string; source: string; target: string; read_only?: boolean }

export type ComposeService = {
  image: string
  container_name?: string
  profiles?: string[]
  build?: { target?: string; args?: Record<string, string> }
  command?: string[]
  entrypoint?: string[]
  restart?: string
  init?: boolean
  read_only?: boolean
  user?: string
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  privileged?: boolean
  pid?: string
  deploy?: { replicas?: number }
  pids_limit?: number
  mem_limit?: string
  cpus?: number
  stop_grace_period?: string
  tmpfs?: string[]
  logging?: { driver: string; options: Record<string, string> }
  environment?: Record<string, string>
  volumes?: Mount[]
  networks?: string[] | Record<string, { aliases?: string[] }>
  network_mode?: string
  ports?: string[]
  depends_on?: string[] | Record<string, { condition: string; required?: boolean }>
  healthcheck?: { test: string[]; interval: string; timeout: string; retries: number; start_period: string }
}

export type ComposeFile = {
  name: string
  services: Record<string, ComposeService>
  networks: Record<string, { internal?: boolean } | null>
  volumes: Record<string, unknown>
}

/** Reads a file of the repository as YAML, with its merges resolved. */
export function readYaml(path: string): unknown {
  return parse(readFileSync(join(root, path), 'utf8'), { merge: true })
}

/** What operators start. */
export function readComposeFile(): ComposeFile {
  return readYaml('docker-compose.production.yml') as ComposeFile
}

/** A variable's default, as compose would put it in where the operator sets nothing. */
export function withDefaults(text: string): string {
  return text.replaceAll(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_, name, fallback) => fallback ?? `$${name}`)
}

export function networksOf({ networks = [] }: ComposeService): string[] {
  return Array.isArray(networks) ? networks : Object.keys(networks)
}

const units: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** `256m` is 268,435,456 bytes. */
export function inBytes(text: string): number {
  const [, number, unit = ''] = /^(\d+)([kmg])$/.exec(text) ?? []
  const factor = units[unit]
  if (number === undefined || factor === undefined) throw new Error(`${text} is no size`)
  return Number(number) * factor
}

/** `90s` is 90. */
export function inSeconds(text: string): number {
  const [, number] = /^(\d+)s$/.exec(text) ?? []
  if (number === undefined) throw new Error(`${text} is no time`)
  return Number(number)
}
