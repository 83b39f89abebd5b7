import { language } from './index.ts'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
const formats = units.map(
  (unit, power) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay: power === 0 ? 'long' : 'short',
      maximumFractionDigits: power > 1 ? 1 : 0,
    }),
)

/** So many bytes, in the largest unit that they fill. */
export function sizeOf(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return formats[power]?.format(bytes / 1_000 ** power) ?? String(bytes)
}
