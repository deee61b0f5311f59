/** The homeserver takes neither the account nor its password: only a person can do something about it. */
export class PasswordRefused extends Error {
  override readonly name = 'PasswordRefused';

  constructor(options?: ErrorOptions) {
    super('Le serveur Matrix refuse le compte ou le mot de passe', options);
  }
}
