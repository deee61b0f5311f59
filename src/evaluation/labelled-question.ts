/** A question whose answer is known. */
export interface LabelledQuestion {
  readonly text: string;
  /** A fiche or a small-talk intent; null for a question out of scope. */
  readonly label: string | null;
  /** Other right answers. */
  readonly also: readonly string[];
  readonly style: string;
  /** Out of scope, yet made of the words of a fiche. */
  readonly near: boolean;
}
