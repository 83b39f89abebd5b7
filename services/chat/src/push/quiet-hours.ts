import type { QuietHours } from '@secureconnect/protocol'

/** The time of day in a time zone as HH:MM, which compares as text. */
function timeOfDay(now: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    now,
  )
}

export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone })
    return true
  } catch {
    return false
  }
}

/** Whether somebody is not to be disturbed now; hours that end before they begin go past midnight. */
export function isQuiet({ from, until, time_zone }: QuietHours, now: Date): boolean {
  const time = timeOfDay(now, time_zone)
  return from <= until ? from <= time && time < until : time >= from || time < until
}
