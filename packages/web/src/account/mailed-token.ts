/** The token of the link by which this page was opened; it stands behind the "#", where no server and no log sees it. */
export function readMailedToken(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined
}
