import { buildElement } from './build-element.ts';
import { createConversationView } from './conversation-view.ts';
import { createFichesView } from './fiches-view.ts';
import { createFiguresView } from './figures-view.ts';

const fiches = createFichesView();
const figures = createFiguresView();
fill('conversation', createConversationView({ onShowFiche: (id) => void showFiche(id) }));
fill('fiches', fiches.element);
fill('chiffres', figures.element);

panelOf('fiches').addEventListener('dsfr.disclose', () => void fiches.refresh());
panelOf('chiffres').addEventListener('dsfr.disclose', () => void figures.refresh());

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
