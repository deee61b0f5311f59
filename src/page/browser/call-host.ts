import type { AuditView, FichesView, Figures, PageAnswer, PageMessage, Visitor } from '../page-view.ts';

export function sendMessage(message: PageMessage): Promise<PageAnswer> {
  return call('/api/message', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
  });
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
