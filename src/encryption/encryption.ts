type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What encryption asks of the log: src/operations/log.ts has it. French lines; never a key, a token or message text. */
export interface EncryptionLog {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** What src/matrix asks of encryption. Everything here may reject with an Error whose message is French and says the remedy. */
export interface Encryption {
  readonly userId: string;
  readonly deviceId: string;
  /**
   * Takes the crypto part of one /sync response, before its timeline. Repeating the same part after a crash is harmless.
   * Resolves once everything is in the crypto store.
   */
  receiveSync(part: SyncCryptoPart): Promise<void>;
  /** Sends what the machine has to send (key upload, query, claims, backup); retried by itself, never rejects on a network error. */
  flush(): Promise<void>;
  decrypt(roomId: string, event: RawEvent): Promise<Decryption>;
  /**
   * Encrypts for the members `rooms` gives, sharing the room key first where needed.
   * Rejects (never falls back to clear text) when the room's state cannot be known.
   */
  encrypt(
    roomId: string,
    eventType: string,
    content: object,
  ): Promise<{ readonly type: string; readonly content: object }>;
  /** Called with the sessions whose keys have just come (to-device or backup): decrypt what waited. */
  onRoomKeys(
    listener: (sessions: readonly { readonly roomId: string; readonly sessionId: string }[]) => void,
  ): void;
  /** A decrypted or clear in-room m.key.verification.* event, or a room message of msgtype m.key.verification.request. */
  receiveVerificationEvent(roomId: string, event: RawEvent): Promise<void>;
  /** For doctor, readiness and metrics. */
  readStatus(): Promise<EncryptionStatus>;
  /** People written to since the start who have a device that they have not signed. */
  countUnsignedRecipients(): number;
  close(): Promise<void>;
}

export interface SyncCryptoPart {
  readonly toDevice: readonly object[];
  readonly changed: readonly string[];
  readonly left: readonly string[];
  readonly oneTimeKeyCounts: Readonly<Record<string, number>>;
  /** undefined when the server did not say. */
  readonly unusedFallbackKeyTypes: readonly string[] | undefined;
}

/** An event as /sync gives it, at least these. */
export interface RawEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export type Decryption =
  /** `senderDeviceSigned`: the library vouches that a device which the sender's identity has signed wrote this. */
  | { readonly ok: true; readonly event: RawEvent; readonly senderDeviceSigned: boolean }
  /** `waits`: the key may still come. */
  | {
      readonly ok: false;
      readonly waits: boolean;
      readonly sessionId: string | null;
      readonly reason: string;
    };

export interface EncryptionStatus {
  readonly deviceSigned: boolean;
  readonly identity: 'own' | 'missing' | 'other';
  readonly backup: 'on' | 'off' | 'untrusted';
  readonly oneTimeKeys: number | null;
  readonly healthy: boolean;
}

/** What encryption has to know of a room. Implemented on the store by src/matrix; rejects when it cannot be known. */
export interface RoomDirectory {
  readRoom(roomId: string): Promise<RoomFacts>;
}

export interface RoomFacts {
  /** The content of m.room.encryption; null only when the homeserver said that there is none. */
  readonly encryption: Readonly<Record<string, unknown>> | null;
  readonly joined: readonly string[];
  readonly invited: readonly string[];
  readonly historyVisibility: 'shared' | 'invited' | 'joined' | 'world_readable';
}

/** One authenticated call to the homeserver; `path` starts with /_matrix. Rejects with matrix-bot-sdk's MatrixError or a network error. */
export type HomeserverCall = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  query?: Readonly<Record<string, string>>,
  body?: object,
) => Promise<unknown>;
