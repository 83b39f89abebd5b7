import { createClient } from '@secureconnect/sdk'

/** The one client of this page, of the server that the page is from. */
export const client = createClient({ address: location.origin })
