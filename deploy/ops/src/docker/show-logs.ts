/** The command that shows what containers logged last; .env names the compose files, also those that override. */
export function showLogs(...services: readonly string[]): string {
  return ['docker compose logs --tail 50', ...services].join(' ')
}
