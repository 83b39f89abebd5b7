// Written by `npm run generate` from the operations of packages/protocol.

/** Every operation by group and name: who may call it, its method and its path. */
export const operationRows = {
  accounts: {
    register: ['public', 'POST', '/v1/auth/register'],
    login: ['public', 'POST', '/v1/auth/login'],
    refresh: ['public', 'POST', '/v1/auth/refresh'],
    keys: ['public', 'GET', '/v1/auth/jwks.json'],
    wellKnownKeys: ['public', 'GET', '/.well-known/jwks.json'],
    getMe: ['user', 'GET', '/v1/users/me'],
  },
  admin: {
    getStats: ['admin', 'GET', '/v1/admin/stats'],
    listUsers: ['admin', 'GET', '/v1/admin/users'],
    banUser: ['admin', 'POST', '/v1/admin/users/ban'],
    unbanUser: ['admin', 'POST', '/v1/admin/users/unban'],
    listAuditLogs: ['admin', 'GET', '/v1/admin/audit-logs'],
    getHealth: ['admin', 'GET', '/v1/admin/health'],
  },
  conversations: {
    create: ['user', 'POST', '/v1/conversations'],
    list: ['user', 'GET', '/v1/conversations'],
    get: ['user', 'GET', '/v1/conversations/:conversation_id'],
    update: ['user', 'PATCH', '/v1/conversations/:conversation_id'],
    delete: ['user', 'DELETE', '/v1/conversations/:conversation_id'],
    updateSettings: ['user', 'PUT', '/v1/conversations/:conversation_id/settings'],
    addParticipants: ['user', 'POST', '/v1/conversations/:conversation_id/participants'],
    listParticipants: ['user', 'GET', '/v1/conversations/:conversation_id/participants'],
    updateParticipant: ['user', 'PATCH', '/v1/conversations/:conversation_id/participants/:user_id'],
    removeParticipant: ['user', 'DELETE', '/v1/conversations/:conversation_id/participants/:user_id'],
    setNotifications: ['user', 'PUT', '/v1/conversations/:conversation_id/notifications'],
    sync: ['user', 'GET', '/v1/sync'],
  },
  credentials: {
    changePassword: ['user', 'POST', '/v1/users/me/password'],
  },
  devices: {
    list: ['user', 'GET', '/v1/devices'],
    register: ['user', 'POST', '/v1/devices'],
    remove: ['user', 'DELETE', '/v1/devices/:device_id'],
  },
  factors: {
    setUpTotp: ['user', 'POST', '/v1/auth/totp/setup'],
    enableTotp: ['user', 'POST', '/v1/auth/totp/enable'],
    disableTotp: ['user', 'POST', '/v1/auth/totp/disable'],
  },
  keys: {
    upload: ['user', 'POST', '/v1/keys/upload'],
    rotate: ['user', 'POST', '/v1/keys/rotate'],
    count: ['user', 'GET', '/v1/keys/count'],
    claim: ['user', 'POST', '/v1/keys/claim'],
    list: ['user', 'GET', '/v1/keys/:user_id'],
  },
  messages: {
    send: ['user', 'POST', '/v1/messages'],
    list: ['user', 'GET', '/v1/messages'],
    get: ['user', 'GET', '/v1/messages/:message_id'],
    edit: ['user', 'PATCH', '/v1/messages/:message_id'],
    delete: ['user', 'DELETE', '/v1/messages/:message_id'],
    history: ['user', 'GET', '/v1/messages/:message_id/history'],
    read: ['user', 'POST', '/v1/messages/read'],
    forward: ['user', 'POST', '/v1/messages/forward'],
  },
  ownAccount: {
    update: ['user', 'PATCH', '/v1/users/me'],
    erase: ['user', 'DELETE', '/v1/users/me'],
    requestExport: ['user', 'POST', '/v1/users/me/export'],
    getExport: ['user', 'GET', '/v1/users/me/export'],
    downloadExport: ['user', 'GET', '/v1/users/me/export/data'],
  },
  people: {
    search: ['user', 'GET', '/v1/users/search'],
    get: ['user', 'GET', '/v1/users/:user_id'],
    listFriends: ['user', 'GET', '/v1/users/me/friends'],
    listRequests: ['user', 'GET', '/v1/users/me/friends/requests'],
    askFriend: ['user', 'POST', '/v1/users/:user_id/friend'],
    acceptFriend: ['user', 'POST', '/v1/users/me/friends/:user_id/accept'],
    rejectFriend: ['user', 'DELETE', '/v1/users/me/friends/:user_id/reject'],
    removeFriend: ['user', 'DELETE', '/v1/users/me/friends/:user_id'],
    listBlocked: ['user', 'GET', '/v1/users/me/blocked'],
    block: ['user', 'POST', '/v1/users/:user_id/block'],
    unblock: ['user', 'DELETE', '/v1/users/:user_id/block'],
  },
  pins: {
    add: ['user', 'PUT', '/v1/messages/:message_id/pin'],
    remove: ['user', 'DELETE', '/v1/messages/:message_id/pin'],
    list: ['user', 'GET', '/v1/conversations/:conversation_id/pins'],
  },
  presence: {
    set: ['user', 'POST', '/v1/presence'],
    list: ['user', 'GET', '/v1/presence'],
    type: ['user', 'POST', '/v1/typing'],
  },
  reactions: {
    add: ['user', 'PUT', '/v1/messages/:message_id/reactions/:emoji'],
    remove: ['user', 'DELETE', '/v1/messages/:message_id/reactions/:emoji'],
    list: ['user', 'GET', '/v1/messages/:message_id/reactions'],
  },
  recovery: {
    verifyEmail: ['public', 'POST', '/v1/auth/verify-email'],
    resendVerification: ['public', 'POST', '/v1/auth/verify-email/resend'],
    requestPasswordReset: ['public', 'POST', '/v1/auth/password-reset/request'],
    resetPassword: ['public', 'POST', '/v1/auth/password-reset/confirm'],
    changeEmail: ['user', 'POST', '/v1/users/me/email'],
    confirmEmail: ['user', 'POST', '/v1/users/me/email/verify'],
  },
  sessions: {
    logout: ['user', 'POST', '/v1/auth/logout'],
    logoutAll: ['user', 'POST', '/v1/auth/logout-all'],
    getProfile: ['user', 'GET', '/v1/auth/profile'],
    list: ['user', 'GET', '/v1/auth/sessions'],
    end: ['user', 'DELETE', '/v1/auth/sessions/:session_id'],
    createSocketTicket: ['user', 'POST', '/v1/auth/ws-ticket'],
  },
} as const

/** Where each socket is opened. */
export const socketPaths = {
  chat: '/v1/ws/chat',
  signaling: '/v1/ws/signaling',
} as const
