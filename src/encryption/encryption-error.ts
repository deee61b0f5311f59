/** What can be wrong with the keys, the identity or their store, as the operator has to act on it. */
export type EncryptionErrorCode =
  | 'store-in-use'
  | 'store-damaged'
  | 'store-key'
  | 'store-key-missing'
  | 'store-lost'
  | 'store-restored'
  | 'store-other-device'
  | 'device-removed'
  | 'disk'
  | 'identity-elsewhere'
  | 'recovery-key'
  | 'recovery-missing'
  | 'reset-needs-person'
  | 'token-refused'
  | 'room-unknown'
  | 'stuck'
  | 'unsupported'
  | 'panic';

interface Details {
  readonly path?: string;
  readonly deviceId?: string;
  readonly roomId?: string;
  readonly cause?: unknown;
}

/** One French line that says what happened and what to do about it. No secret and no message text in it. */
export class EncryptionError extends Error {
  readonly code: EncryptionErrorCode;

  constructor(code: EncryptionErrorCode, details: Details = {}) {
    super(explain(code, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'EncryptionError';
    this.code = code;
  }

  /** For the supervisor (docs/encryption.md): 5, a person has to act first; 6, starting again is the remedy. */
  get exitCode(): 5 | 6 {
    return this.code === 'stuck' || this.code === 'panic' || this.code === 'room-unknown' ? 6 : 5;
  }
}

function explain(code: EncryptionErrorCode, { path, deviceId, roomId }: Details): string {
  const store = path === undefined ? 'le magasin de clés' : `le magasin de clés (${path})`;
  switch (code) {
    case 'store-in-use':
      return `Un autre processus utilise déjà ${store}. Arrêtez-le avant de relancer le bot : deux bots sur les mêmes clés rendraient les messages illisibles.`;
    case 'store-damaged':
      return `Le fichier ${path ?? 'du magasin de clés'} est abîmé ou n’est pas un magasin de clés. Déplacez-le (ne le restaurez pas d’une sauvegarde), puis lancez « npm run setup » : un nouvel appareil sera signé avec la clé de récupération.`;
    case 'store-key':
      return `La clé STORE_KEY n’ouvre pas ${store}. Remettez la clé d’origine ; si elle est perdue, déplacez le magasin et lancez « npm run setup » avec la clé de récupération.`;
    case 'store-key-missing':
      return 'Il manque STORE_KEY (ou STORE_KEY_FILE), la clé qui protège les clés de chiffrement. Lancez « npm run setup », ou mettez ENCRYPTION=non si le bot ne doit lire que des salons non chiffrés.';
    case 'device-removed':
      return `L’appareil ${deviceId ?? ''} du bot a été supprimé du compte. Ses clés ne peuvent plus servir : déplacez le magasin et lancez « npm run setup » pour en créer un nouveau, signé avec la clé de récupération.`;
    case 'store-lost':
      return `Le magasin de clés a disparu alors que l’appareil ${deviceId ?? ''} a déjà publié ses clés. Cet appareil ne peut plus servir : lancez « npm run setup » pour en créer un nouveau, signé avec la clé de récupération (RECOVERY_KEY).`;
    case 'store-restored':
      return `Le magasin de clés est plus ancien que ce que le serveur connaît de l’appareil ${deviceId ?? ''} : une vieille sauvegarde a été restaurée. S’en servir rendrait des messages illisibles. Déplacez le magasin, puis lancez « npm run setup » : un nouvel appareil sera signé avec la clé de récupération.`;
    case 'store-other-device':
      return `Le jeton d’accès est celui d’un autre appareil (${deviceId ?? 'inconnu'}) que celui du magasin de clés. Remettez le jeton d’origine, ou déplacez le magasin et lancez « npm run setup » avec la clé de récupération.`;
    case 'disk':
      return `Impossible d’écrire dans ${store} : disque plein, en lecture seule ou défaillant. Libérez de la place ou corrigez les droits, puis relancez le bot ; rien n’est perdu.`;
    case 'identity-elsewhere':
      return `Ce compte a déjà une identité de chiffrement, et la clé de récupération n’est pas fournie. Indiquez RECOVERY_KEY (ou RECOVERY_KEY_FILE) : le bot ne crée jamais une seconde identité de lui-même.`;
    case 'recovery-key':
      return `La clé de récupération n’est pas la bonne pour ce compte (ou elle est mal recopiée). Vérifiez RECOVERY_KEY ou RECOVERY_KEY_FILE.`;
    case 'recovery-missing':
      return `Le coffre de récupération de ce compte est absent ou incomplet sur le serveur : l’identité existante ne peut pas être reprise. Réinitialisez l’identité depuis un client Tchap ou Element connecté à ce compte, notez la nouvelle clé de récupération et indiquez-la dans RECOVERY_KEY.`;
    case 'reset-needs-person':
      return `Le serveur demande une confirmation par une personne pour publier l’identité de chiffrement. Faites-le depuis un client Tchap ou Element connecté à ce compte, puis indiquez la clé de récupération dans RECOVERY_KEY.`;
    case 'token-refused':
      return `Le serveur refuse le jeton d’accès (appareil déconnecté ou compte expiré). Lancez « npm run setup » pour ouvrir une nouvelle session, avec la clé de récupération.`;
    case 'room-unknown':
      return `L’état de chiffrement du salon ${roomId ?? ''} n’a pas pu être lu : rien n’y est envoyé tant qu’il est inconnu. Nouvel essai automatique.`;
    case 'unsupported':
      return `La bibliothèque de chiffrement demande au magasin de clés une opération inconnue : sa version n’est pas celle prévue. Réinstallez les versions du projet (« npm ci »), puis relancez le bot ; rien n’est perdu.`;
    case 'stuck':
      return `La bibliothèque de chiffrement ne répond plus. Le bot s’arrête pour être relancé par son superviseur ; rien n’est perdu.`;
    case 'panic':
      return `La bibliothèque de chiffrement s’est arrêtée sur une erreur interne. Le bot s’arrête pour être relancé par son superviseur ; rien n’est perdu. Si cela se répète, lancez « npm run doctor ».`;
  }
}
