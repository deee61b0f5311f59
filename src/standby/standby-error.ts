/** PostgreSQL cannot be used as it is: `message` says it in French, with the remedy. */
export class StandbyError extends Error {
  override readonly name = 'StandbyError';
}
