/** What was done on the page. Values are stored: none is ever renamed. */
export type AuditAction =
  | 'entered'
  | 'fiche-saved'
  | 'fiche-added'
  | 'fiche-renamed'
  | 'fiche-disabled'
  | 'fiche-enabled'
  | 'fiche-deleted'
  | 'save-undone'
  | 'question-adopted'
  | 'question-out-of-scope'
  | 'question-dismissed'
  | 'upgrade-settled'
  | 'incident-opened'
  | 'incident-ended';

/** A file before and after a save; null: it was not there. */
export interface ChangedFile {
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface AuditEntry {
  readonly id: number;
  readonly at: number;
  readonly who: string;
  readonly action: AuditAction;
  /** What it was done to, a fiche for instance; never the text of a message. */
  readonly object: string | null;
  /** Whether the files before it are still kept, so that it can be undone. */
  readonly undoable: boolean;
}
