/** Something answered in place of the homeserver: a proxy's or a web site's page with status 200. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';

  constructor() {
    super('the answer is not JSON');
  }
}
