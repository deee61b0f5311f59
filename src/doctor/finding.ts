/** One line of `npm run doctor`. */
export interface Finding {
  readonly subject: string;
  readonly state: 'good' | 'doubtful' | 'bad';
  readonly message: string;
  /** What to do; null when all is well. */
  readonly remedy: string | null;
}

export function good(subject: string, message: string): Finding {
  return { subject, state: 'good', message, remedy: null };
}

export function doubtful(subject: string, message: string, remedy: string): Finding {
  return { subject, state: 'doubtful', message, remedy };
}

export function bad(subject: string, message: string, remedy: string): Finding {
  return { subject, state: 'bad', message, remedy };
}
