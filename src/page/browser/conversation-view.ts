import type { PageAnswer, PageEvent, PageMessage, Why } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { sendMessage } from './call-host.ts';
import { cleanHtml } from './clean-html.ts';
import { buildWhy } from './why-view.ts';

const examples = ['mon vpn marche pas', 'comment je me connecte à comu', 'mon imprimante n’imprime plus'];

/** The conversation: on the left the exchange as Tchap shows it, on the right why the bot answered so. */
export function createConversationView(options: { readonly onShowFiche: (id: string) => void }): HTMLElement {
  let conversation = newConversation();
  const messages = new Map<string, HTMLElement>();
  const log = buildElement('div', {
    class: 'page-log',
    role: 'log',
    tabindex: 0,
    'aria-label': 'Échange avec l’assistant',
  });
  const why = buildElement('div', { id: 'pourquoi', tabindex: -1 });
  const input = buildElement('textarea', { class: 'fr-input', id: 'message', rows: 2, maxlength: 20_000 });
  const status = buildElement('p', { class: 'fr-message fr-message--error', hidden: true, role: 'alert' });
  const form = buildElement(
    'form',
    { class: 'page-form', onsubmit: submit },
    buildElement(
      'div',
      { class: 'fr-input-group' },
      buildElement(
        'label',
        { class: 'fr-label', for: 'message' },
        'Votre message',
        buildElement('span', { class: 'fr-hint-text' }, 'Entrée envoie, Maj + Entrée va à la ligne.'),
      ),
      input,
    ),
    status,
    buildElement('button', { class: 'fr-btn', type: 'submit' }, 'Envoyer'),
    buildElement(
      'button',
      { class: 'fr-btn fr-btn--tertiary', type: 'button', onclick: restart },
      'Nouvelle conversation',
    ),
  );
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  welcome();

  return buildElement(
    'div',
    { class: 'fr-grid-row fr-grid-row--gutters' },
    buildElement(
      'section',
      { class: 'fr-col-12 fr-col-lg-7', 'aria-labelledby': 'titre-conversation' },
      buildElement('h2', { class: 'fr-h5', id: 'titre-conversation' }, 'Conversation'),
      log,
      form,
    ),
    buildElement(
      'section',
      { class: 'fr-col-12 fr-col-lg-5', 'aria-labelledby': 'titre-pourquoi' },
      buildElement('h2', { class: 'fr-h5', id: 'titre-pourquoi' }, 'Pourquoi cette réponse'),
      why,
    ),
  );

  function submit(event: Event): void {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    void ask(text);
  }

  async function ask(text: string): Promise<void> {
    log.querySelector('.page-welcome')?.remove();
    const shown = showQuestion(text);
    const answer = await exchange({ type: 'text', text });
    // Scroll to the top of the answer and not to its end: a long one is read from its beginning.
    log.scrollTop = shown.offsetTop - log.offsetTop;
    if (answer) addOwnActions(shown, answer.turnId);
    // The text goes back into the field, so that a failed send loses nothing.
    else if (input.value === '') input.value = text;
  }

  async function exchange(gesture: PageMessage['input']): Promise<PageAnswer | null> {
    const here = conversation;
    status.hidden = true;
    log.setAttribute('aria-busy', 'true');
    try {
      const answer = await sendMessage({ conversation: here, input: gesture });
      if (here !== conversation) return null;
      for (const event of answer.events) apply(event, answer.why);
      if (gesture.type !== 'text') log.scrollTop = log.scrollHeight;
      if (answer.why) showWhy(answer.why);
      return answer;
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
      status.hidden = false;
      return null;
    } finally {
      log.removeAttribute('aria-busy');
    }
  }

  function apply(event: PageEvent, reason: Why | null): void {
    switch (event.type) {
      case 'message':
        showReply(event, reason);
        break;
      case 'edit':
        messages.get(event.of)?.querySelector('.page-bubble')?.replaceChildren(cleanHtml(event.html, 'h3'));
        break;
      case 'reaction':
        addReaction(event);
        break;
      case 'redaction':
        // A message, or a reaction that means nothing any more.
        shownElement(event.of)?.remove();
        messages.delete(event.of);
        break;
    }
  }

  function showQuestion(text: string): HTMLElement {
    const bubble = buildElement('div', { class: 'page-bubble' }, buildElement('p', {}, text));
    const shown = buildElement(
      'article',
      { class: 'page-message page-message--own' },
      buildElement('p', { class: 'page-author' }, 'Vous'),
      bubble,
    );
    log.append(shown);
    log.scrollTop = log.scrollHeight;
    return shown;
  }

  function showReply(event: Extract<PageEvent, { type: 'message' }>, reason: Why | null): void {
    const author = event.support ? 'Assistant, au salon de support' : 'Assistant';
    const shown = buildElement(
      'article',
      { class: `page-message${event.support ? ' page-message--support' : ''}`, 'data-turn': event.turnId },
      buildElement('p', { class: 'page-author' }, author),
      buildElement('div', { class: 'page-bubble' }, cleanHtml(event.html, 'h3')),
      buildElement('div', { class: 'page-reactions', role: 'group', 'aria-label': 'Réactions' }),
    );
    if (reason) {
      const look = (): void => {
        showWhy(reason);
        why.focus();
      };
      const button = {
        class: 'fr-btn fr-btn--tertiary-no-outline fr-btn--sm',
        type: 'button',
        onclick: look,
      };
      shown.append(buildElement('button', button, 'Pourquoi ?'));
    }
    messages.set(event.id, shown);
    log.append(shown);
  }

  function shownElement(id: string): Element | undefined {
    const reactions = [...log.querySelectorAll<HTMLElement>('.page-reaction')];
    return messages.get(id) ?? reactions.find(({ dataset }) => dataset['id'] === id);
  }

  function addReaction({ id, of, key }: Extract<PageEvent, { type: 'reaction' }>): void {
    const message = messages.get(of);
    const group = message?.querySelector('.page-reactions');
    const turnId = message?.dataset['turn'] ?? null;
    if (!group || [...group.children].some((child) => child.textContent === key)) return;
    const react = (event: Event): void => {
      if (event.currentTarget instanceof HTMLElement)
        event.currentTarget.setAttribute('aria-pressed', 'true');
      void exchange({ type: 'reaction', key, turnId });
    };
    group.append(
      buildElement(
        'button',
        {
          type: 'button',
          class: 'page-reaction',
          'data-id': id,
          'aria-pressed': 'false',
          title: 'Réagir',
          onclick: react,
        },
        key,
      ),
    );
  }

  /** Buttons to rewrite or delete one's own message, as on Tchap; the bot's answer changes with it. */
  function addOwnActions(shown: HTMLElement, turnId: string): void {
    const small = 'fr-btn fr-btn--tertiary-no-outline fr-btn--sm';
    const paragraph = shown.querySelector('.page-bubble p');
    const rewrite = (): void => {
      const text = window.prompt('Votre message, réécrit :', paragraph?.textContent ?? '')?.trim();
      if (!text || !paragraph) return;
      paragraph.textContent = text;
      void exchange({ type: 'edit', text, turnId });
    };
    const remove = (): void => {
      shown.remove();
      void exchange({ type: 'deletion', turnId });
      input.focus();
    };
    shown.append(
      buildElement(
        'div',
        { class: 'page-actions' },
        buildElement('button', { class: small, type: 'button', onclick: rewrite }, 'Réécrire'),
        buildElement('button', { class: small, type: 'button', onclick: remove }, 'Supprimer'),
      ),
    );
  }

  function showWhy(reason: Why): void {
    why.replaceChildren(buildWhy(reason, options.onShowFiche));
  }

  function restart(): void {
    conversation = newConversation();
    messages.clear();
    welcome();
    input.focus();
  }

  function welcome(): void {
    log.replaceChildren(
      buildElement(
        'div',
        { class: 'page-welcome' },
        buildElement('p', {}, 'Écrivez comme un agent le ferait sur Tchap. Par exemple :'),
        ...examples.map((text) =>
          buildElement(
            'button',
            { type: 'button', class: 'fr-tag', onclick: () => void ask(text).then(() => input.focus()) },
            text,
          ),
        ),
      ),
    );
    why.replaceChildren(
      buildElement(
        'p',
        { class: 'fr-hint-text' },
        'La lecture du message, les fiches envisagées et la source s’affichent ici après chaque réponse.',
      ),
    );
  }
}

function newConversation(): string {
  // crypto.randomUUID exists in secure contexts alone (https, or this machine's own address); the page may have neither.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
