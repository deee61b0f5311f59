/** A question whose answer is known. */
export interface LabelledQuestion {
  readonly text: string;
  /** Null for a foreign question. */
  readonly label: string | null;
  /** Other right answers. */
  readonly also: readonly string[];
  readonly style: string;
}
