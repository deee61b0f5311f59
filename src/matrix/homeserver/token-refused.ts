/** The homeserver no longer takes the access token: a password opens another session, else a person has to act. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  /** The session still exists: logging in again with the same device keeps the encryption keys. */
  readonly softLogout: boolean;

  constructor(softLogout: boolean, options?: ErrorOptions) {
    super("Le serveur Matrix refuse le jeton d'accès", options);
    this.softLogout = softLogout;
  }
}
