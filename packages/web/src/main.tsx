import { render } from 'preact'
import { restoreSession, whileSignedIn } from './account/session.ts'
import { App } from './app/app.tsx'
import { keepAppearance } from './app/appearance.ts'
import { beginCalls } from './calls/begin-calls.ts'
import { beginChat } from './chat/begin-chat.ts'
import { beginEncryption } from './encryption/begin-encryption.ts'
import { beginNotices } from './notices/notices.ts'
import { language } from './words/index.ts'
import './styles/main.css'

document.documentElement.lang = language
keepAppearance()
const root = document.getElementById('app')
if (root) render(<App />, root)
whileSignedIn(beginChat)
whileSignedIn(beginEncryption)
whileSignedIn(beginCalls)
whileSignedIn(beginNotices)
void restoreSession()
