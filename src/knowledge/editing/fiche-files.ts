import { parseDocument } from 'yaml';
import { ficheShape } from '../reading/file-shapes.ts';
import { writeValue } from './write-value.ts';

/** A fiche as the workshop edits it: the values of its two files, keys as editors write them. */
export interface EditedFiche {
  readonly fiche: Readonly<Record<string, unknown>>;
  /** Those of nobody's voice; the questions of named writers stay as they are. */
  readonly questions: readonly string[];
}

export interface FicheTexts {
  readonly knowledge: string;
  readonly intents: string;
}

export const ficheFile = (id: string): string => `knowledge/${id}.yaml`;
export const intentFile = (id: string): string => `intents/${id}.yaml`;

const ficheStyle = {
  keys: Object.keys(ficheShape.shape),
  quoted: true,
  flow: ['contacts', 'liens', 'mots', 'quand', 'unites'],
} as const;
const intentStyle = { keys: ['questions', 'voix'], quoted: false, flow: [] } as const;

/** null when one of the files does not parse: it is mended by hand, where its problem is told. */
export function readEditedFiche({ knowledge, intents }: FicheTexts): EditedFiche | null {
  const [fiche, questions] = [parseDocument(knowledge), parseDocument(intents)];
  if (fiche.errors.length > 0 || questions.errors.length > 0) return null;
  const [value, asked] = [fiche.toJS() as unknown, questions.toJS() as unknown];
  if (!isRecord(value) || !isRecord(asked)) return null;
  const list = asked['questions'];
  return { fiche: value, questions: Array.isArray(list) ? list.map(String) : [] };
}

/** The two files with what was edited in them; `old` is empty for a new fiche. */
export function writeEditedFiche(old: FicheTexts, { fiche, questions }: EditedFiche): FicheTexts {
  const asked = old.intents === '' ? {} : ((parseDocument(old.intents).toJS() as unknown) ?? {});
  const intents = { ...(isRecord(asked) ? asked : {}), questions };
  return {
    knowledge: writeValue(old.knowledge, withoutEmpty(fiche), ficheStyle),
    intents: writeValue(old.intents, intents, intentStyle),
  };
}

/** What an editor emptied is not written: the check then says which key is missing. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty).filter((item) => item !== undefined);
  if (!isRecord(value)) return value === '' || value === null ? undefined : value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, withoutEmpty(inner)] as const)
    .filter(([, inner]) => !isEmpty(inner));
  return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
