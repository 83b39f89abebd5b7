// The worker that all frames of an encrypted call go through, as a file of this client.
import '@secureconnect/e2ee/frame-worker'
