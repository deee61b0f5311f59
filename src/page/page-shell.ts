/** The page before its script fills it. No inline script nor style: the Content-Security-Policy refuses them. */
export function pageShell(): string {
  return document(
    'Assistant télétravail',
    `
    <main id="contenu" class="fr-container fr-py-2w">
      <h1 class="fr-sr-only">Assistant télétravail : aperçu</h1>
      <div class="fr-tabs page-tabs">
        <ul class="fr-tabs__list" role="tablist" aria-label="Aperçu de l’assistant">
          ${tab('conversation', 'Conversation', true)}
          ${tab('a-faire', 'À faire', false)}
          ${tab('fiches', 'Fiches', false)}
          ${tab('chiffres', 'Chiffres', false)}
          ${tab('journal', 'Journal', false)}
        </ul>
        ${panel('conversation', true)}
        ${panel('a-faire', false)}
        ${panel('fiches', false)}
        ${panel('chiffres', false)}
        ${panel('journal', false)}
      </div>
      <div id="atelier"></div>
    </main>`,
    '<script type="module" src="/page/configure-dsfr.ts"></script><script type="module" src="/dsfr/dsfr.module.min.js"></script><script type="module" src="/page/main.ts"></script>',
  );
}

/** The form that asks for the token, which a page that listens beyond this machine always has. */
export function tokenForm(refused: boolean): string {
  const error = refused
    ? '<div class="fr-messages-group" id="jeton-messages" aria-live="polite"><p class="fr-message fr-message--error">Ce jeton n’est pas le bon.</p></div>'
    : '<div class="fr-messages-group" id="jeton-messages" aria-live="polite"></div>';
  return document(
    'Jeton demandé - Assistant télétravail',
    `
    <main id="contenu" class="fr-container fr-py-6w">
      <h1>Un jeton est demandé</h1>
      <form method="post" action="/entrer" class="page-token">
        <div class="fr-input-group${refused ? ' fr-input-group--error' : ''}">
          <label class="fr-label" for="jeton">Jeton de la page
            <span class="fr-hint-text">Le vôtre si vous avez un compte, sinon le jeton commun ; la personne qui a installé l’assistant les connaît.</span>
          </label>
          <input class="fr-input" type="password" id="jeton" name="jeton" autocomplete="current-password" required aria-describedby="jeton-messages">
          ${error}
        </div>
        <button class="fr-btn" type="submit">Entrer</button>
      </form>
    </main>`,
    '',
  );
}

function document(title: string, main: string, scripts: string): string {
  return `<!doctype html>
<html lang="fr" data-fr-scheme="system">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <link rel="icon" href="/favicon.ico">
    <link rel="stylesheet" href="/dsfr/dsfr.min.css">
    <link rel="stylesheet" href="/page/page.css">
    <link rel="stylesheet" href="/page/workshop.css">
  </head>
  <body>
    <div class="fr-skiplinks">
      <nav class="fr-container" aria-label="Accès rapide">
        <ul class="fr-skiplinks__list"><li><a class="fr-link" href="#contenu">Contenu</a></li></ul>
      </nav>
    </div>
    <header class="fr-header page-header">
      <div class="fr-header__body">
        <div class="fr-container">
          <div class="fr-header__body-row">
            <div class="fr-header__brand">
              <div class="fr-header__brand-top">
                <div class="fr-header__logo"><p class="fr-logo">Ministère<br>de l’Intérieur</p></div>
              </div>
              <div class="fr-header__service">
                <p class="fr-header__service-title">Assistant télétravail</p>
                <p class="fr-header__service-tagline">L’atelier des rédacteurs <span id="visiteur" class="page-visitor"></span></p>
              </div>
            </div>
          </div>
        </div>
      </div>
    </header>${main}
    ${scripts}
  </body>
</html>
`;
}

function tab(id: string, label: string, selected: boolean): string {
  return `<li role="presentation"><button type="button" id="onglet-${id}" class="fr-tabs__tab" tabindex="${selected ? 0 : -1}" role="tab" aria-selected="${selected}" aria-controls="panneau-${id}">${label}</button></li>`;
}

function panel(id: string, selected: boolean): string {
  return `<div id="panneau-${id}" class="fr-tabs__panel${selected ? ' fr-tabs__panel--selected' : ''}" role="tabpanel" aria-labelledby="onglet-${id}" tabindex="0"><noscript><p>Cette page a besoin de JavaScript.</p></noscript></div>`;
}
