import { language } from './index.ts'

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(language, { weekday: 'short' })
const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
const longDate = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const whole = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' })
const precise = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' })
const dayMs = 86_400_000

export const timeOf = (timestamp: string) => clock.format(new Date(timestamp))
export const wholeTimeOf = (timestamp: string) => whole.format(new Date(timestamp))
/** To the second, in as few characters as a column has. */
export const preciseTimeOf = (timestamp: string) => precise.format(new Date(timestamp))
export const dayOf = (timestamp: string) => longDate.format(new Date(timestamp))

/** How long something is or how far it has gone: minutes and seconds. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** As short as it can be: the time of today, the day of this week, the date of what was before. */
export function shortTimeOf(timestamp: string): string {
  const then = new Date(timestamp)
  const startOfToday = new Date().setHours(0, 0, 0, 0)
  if (then.getTime() >= startOfToday) return clock.format(then)
  return then.getTime() >= startOfToday - 6 * dayMs ? weekday.format(then) : date.format(then)
}

/** As a clock shows it: minutes and seconds, and hours where there are any. */
export function durationOf(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const hours = Math.floor(seconds / 3_600)
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}
