/** What a setting may know of the rest while it is parsed. */
export type Surroundings = { isProduction: boolean }

/** One entry of the configuration: how the text of an environment variable becomes a value. */
export type Setting<T> = {
  kind: 'plain'
  parse: (text: string, surroundings: Surroundings) => T
  /** The value when the variable is not set; without one the variable is required. */
  fallback?: T
  /** What suits a developer would hurt an operator, who must say it. */
  isRequiredInProduction?: true
}

/** Told to the operator beside the variable's name; never carries a secret's value. */
export class SettingFault extends Error {}

function plain<T>(parse: Setting<T>['parse'], fallback: T | undefined): Setting<T> {
  return { kind: 'plain', parse, ...(fallback !== undefined && { fallback }) }
}

export function text(fallback?: string): Setting<string> {
  return plain((raw) => raw, fallback)
}

/** A setting that may be left out. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return { ...setting, fallback: undefined }
}

/** A setting whose fallback serves everywhere but in production. */
export function requiredInProduction<T>(setting: Setting<T>): Setting<T> {
  return { ...setting, isRequiredInProduction: true }
}

export function integer({ min, max, fallback }: { min: number; max: number; fallback?: number }): Setting<number> {
  return plain((raw) => {
    const value = Number(raw)
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new SettingFault(`must be a whole number from ${min} to ${max}, not "${raw}"`)
    }
    return value
  }, fallback)
}

export function port(fallback?: number): Setting<number> {
  return integer({ min: 0, max: 65_535, ...(fallback !== undefined && { fallback }) })
}

export function flag(fallback?: boolean): Setting<boolean> {
  return plain((raw) => {
    if (raw === 'true' || raw === '1') return true
    if (raw === 'false' || raw === '0') return false
    throw new SettingFault(`must be true or false, not "${raw}"`)
  }, fallback)
}

export function choice<const T extends string>(values: readonly T[], fallback?: NoInfer<T>): Setting<T> {
  return plain((raw) => {
    const value = values.find((candidate) => candidate === raw)
    if (value === undefined) throw new SettingFault(`must be one of ${values.join(', ')}, not "${raw}"`)
    return value
  }, fallback)
}

/** Items separated by commas; an empty text is an empty list. */
export function list<T>(item: Setting<T>, fallback?: readonly T[]): Setting<readonly T[]> {
  return plain((raw, surroundings) => {
    const parts = raw.split(',').map((part) => part.trim())
    return parts.filter((part) => part !== '').map((part) => item.parse(part, surroundings))
  }, fallback)
}

/** A URL with one of the given protocols, such as `https:`. */
export function url(protocols: readonly string[], fallback?: string): Setting<string> {
  return plain((raw) => {
    const parsed = URL.canParse(raw) ? new URL(raw) : undefined
    if (!parsed || !protocols.includes(parsed.protocol)) {
      throw new SettingFault(`must be a URL that starts with ${protocols.join('// or ')}//`)
    }
    return raw.replace(/\/+$/, '')
  }, fallback)
}

/** An exact web origin; the wildcard is for development only. */
export function origin(): Setting<string> {
  return plain((raw, { isProduction }) => {
    if (raw === '*' && !isProduction) return raw
    if (raw === '*') throw new SettingFault('must name each origin: "*" is refused in production')
    if (!URL.canParse(raw) || new URL(raw).origin !== raw) {
      throw new SettingFault(`must be an origin such as https://chat.example.org, not "${raw}"`)
    }
    return raw
  }, undefined)
}
