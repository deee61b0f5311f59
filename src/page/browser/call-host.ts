import type {
  AuditView,
  CheckView,
  FicheCheck,
  FicheSource,
  FichesView,
  FicheVersions,
  Figures,
  Names,
  PageAnswer,
  PageMessage,
  SaveAnswer,
  Todo,
  Visitor,
} from '../page-view.ts';

export function sendMessage(message: PageMessage): Promise<PageAnswer> {
  return post('/api/message', message);
}

export function readFiches(): Promise<FichesView> {
  return call('/api/fiches');
}

export function readFigures(days: number): Promise<Figures> {
  return call(`/api/figures?days=${days}`);
}

export function readVisitor(): Promise<Visitor> {
  return call('/api/visitor');
}

export function readAudit(): Promise<AuditView> {
  return call('/api/audit');
}

export function readProblems(): Promise<CheckView> {
  return call('/api/problems');
}

export function readNames(): Promise<Names> {
  return call('/api/names');
}

/** What the bot knows at the moment. */
export function readService(): Promise<{ readonly version: string }> {
  return call('/api/service');
}

export function readFicheSource(id: string): Promise<FicheSource> {
  return call(`/api/fiche/${encodeURIComponent(id)}`);
}

interface Edited {
  readonly id: string;
  readonly fiche: Readonly<Record<string, unknown>>;
  readonly questions: readonly string[];
}

export function checkFiche(edited: Edited): Promise<FicheCheck> {
  return post('/api/check', edited);
}

export function saveFiche(
  order: Edited & { readonly versions: FicheVersions; readonly commit: boolean },
): Promise<SaveAnswer> {
  return post('/api/atelier/save', order);
}

export function renameFiche(id: string, to: string): Promise<SaveAnswer> {
  return post('/api/atelier/rename', { id, to });
}

export function moveFiche(id: string, where: 'rest' | 'service' | 'away'): Promise<SaveAnswer> {
  return post('/api/atelier/move', { id, where });
}

export function undoSave(entry: number): Promise<SaveAnswer> {
  return post('/api/atelier/undo', { entry });
}

export type TodoGesture =
  | { readonly type: 'adopt'; readonly fiche: string; readonly text: string }
  | { readonly type: 'out-of-scope'; readonly text: string }
  | { readonly type: 'forget' };

export function readTodo(days: number): Promise<Todo> {
  return call(`/api/todo?days=${days}`);
}

export function settleTodo(ids: readonly string[], gesture: TodoGesture): Promise<SaveAnswer> {
  return post('/api/atelier/todo', { ids, gesture });
}

function post<T>(address: string, body: unknown): Promise<T> {
  return call(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** @throws an Error whose message can be shown */
async function call<T>(address: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch (cause) {
    throw new Error('L’assistant ne répond pas : est-il arrêté ?', { cause });
  }
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
