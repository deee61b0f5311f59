import { EncryptionError } from '../encryption/encryption-error.ts';
import { readRefusal } from '../encryption/refusal.ts';
import { UnreadableAnswer } from '../matrix/homeserver/failure.ts';
import { DataFolderError } from '../store/prepare-data-folder.ts';
import { GaveUp } from './ask-questions.ts';

/** What the homeserver, the disk or the network said, in French and with the remedy; no secret. */
export function explainSetupFailure(error: unknown, url: string): string {
  if (error instanceof GaveUp)
    return 'Abandon : aucun réglage n’a été écrit. Relancez npm run setup quand vous voulez.';
  if (error instanceof EncryptionError || error instanceof DataFolderError) return error.message;
  if (error instanceof UnreadableAnswer) return notMatrix(url);
  const { status, errcode } = readRefusal(error);
  if (errcode === 'M_FORBIDDEN')
    return 'Le serveur refuse ce compte ou ce mot de passe. Vérifiez-les, puis relancez.';
  if (errcode === 'M_UNKNOWN_TOKEN')
    return 'Le serveur refuse ce jeton. Donnez-en un autre, ou un compte et un mot de passe.';
  if (errcode === 'M_LIMIT_EXCEEDED') return 'Le serveur demande d’attendre : relancez dans une minute.';
  if (status !== null && status >= 500)
    return `Le serveur ${url} est en panne ou en maintenance (réponse ${status}). Relancez plus tard.`;
  if (status !== null && errcode === null) return notMatrix(url);
  if (status !== null)
    return `Le serveur a répondu ${status} ${errcode ?? ''}. Vérifiez l’adresse, puis relancez.`;
  return (
    explainNetwork(error, url) ??
    explainDisk(error) ??
    (error instanceof Error ? error.message : 'Erreur inconnue.')
  );
}

function notMatrix(url: string): string {
  return `${url} ne répond pas comme un serveur Matrix : c’est peut-être l’adresse d’un site, ou celle d’un proxy. Donnez celle du serveur, par exemple https://matrix.agent.interieur.tchap.gouv.fr`;
}

/** null: the network has nothing to do with it. fetch hides the reason in its error's cause. */
function explainNetwork(error: unknown, url: string): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'TimeoutError') return noAnswer(url, 'délai dépassé');
  // The address was checked before: what fetch rejects with a TypeError is a call that got no answer.
  if (!(error instanceof TypeError)) return null;
  const { code, message } = (error.cause ?? {}) as { code?: unknown; message?: unknown };
  const reason = typeof code === 'string' ? code : '';
  if (/CERT|SELF_SIGNED|TLS|SSL/u.test(reason)) {
    return `Le certificat de ${url} n’est pas reconnu (${reason}). S’il vient de l’autorité de votre réseau, donnez celle-ci à Node (NODE_EXTRA_CA_CERTS=/chemin/autorite.pem), puis relancez.`;
  }
  if (message === 'unexpected redirect') return notMatrix(url);
  return noAnswer(url, networkReasons[reason] ?? (reason || 'réseau'));
}

/** null: it is not about a file. */
function explainDisk(error: unknown): string | null {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined) return null;
  return `Impossible d’écrire ${path} (${code}). Vérifiez les droits et la place qui reste, puis relancez.`;
}

function noAnswer(url: string, reason: string): string {
  return `Pas de réponse de ${url} (${reason}). Vérifiez l’adresse, le réseau et le proxy, puis relancez.`;
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connexion refusée',
  ECONNRESET: 'connexion coupée',
  UND_ERR_SOCKET: 'connexion coupée',
  ENOTFOUND: 'nom inconnu',
  EAI_AGAIN: 'nom introuvable pour le moment',
  EHOSTUNREACH: 'machine hors d’atteinte',
  ENETUNREACH: 'réseau hors d’atteinte',
  ETIMEDOUT: 'délai dépassé',
  UND_ERR_CONNECT_TIMEOUT: 'délai dépassé',
};
