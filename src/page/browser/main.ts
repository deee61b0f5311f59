import { createAuditView, describeVisitor } from './audit-view.ts';
import { buildElement } from './build-element.ts';
import { readVisitor } from './call-host.ts';
import { createConversationView } from './conversation-view.ts';
import { createFichesView } from './fiches-view.ts';
import { createFiguresView } from './figures-view.ts';
import { createTodoView } from './todo-view.ts';

const fiches = createFichesView();
const figures = createFiguresView();
const todo = createTodoView((questions, onSaved) => void fiches.add(questions, onSaved));
const audit = createAuditView();
fill('conversation', createConversationView({ onShowFiche: (id) => void showFiche(id) }));
fill('fiches', fiches.element);
fill('chiffres', figures.element);
fill('journal', audit.element);
fill('a-faire', todo.element);

panelOf('fiches').addEventListener('dsfr.disclose', () => void fiches.refresh());
panelOf('a-faire').addEventListener('dsfr.disclose', () => void todo.refresh());
panelOf('journal').addEventListener('dsfr.disclose', () => void audit.refresh());
panelOf('chiffres').addEventListener('dsfr.disclose', () => void figures.refresh());

void readVisitor().then((visitor) => {
  const place = document.querySelector('#visiteur');
  if (place) place.textContent = describeVisitor(visitor);
});

async function showFiche(id: string): Promise<void> {
  document.querySelector<HTMLElement>('#onglet-fiches')?.click();
  await fiches.show(id);
}

function fill(id: string, content: Node): void {
  panelOf(id).replaceChildren(content);
}

function panelOf(id: string): HTMLElement {
  return document.querySelector<HTMLElement>(`#panneau-${id}`) ?? buildElement('div');
}
