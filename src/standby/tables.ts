import { codeOf, type Link } from './link.ts';
import type { Seal } from './seal.ts';
import { StandbyError } from './standby-error.ts';

/** Raised when what follows changes in a way that an older version of the bot would not understand. */
const layout = 1;

/**
 * Rows of the log and parts of snapshots are sealed: what compresses nothing is not tried (STORAGE EXTERNAL).
 * `reign` of the lease is unique, so that it belongs to the row's key: whoever inserts into the log locks that key
 * (FOR KEY SHARE), which a take-over must change and a renewal leaves alone.
 */
const schema = `
CREATE TABLE IF NOT EXISTS assistant_lease (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), layout integer NOT NULL, key_check text NOT NULL,
  epoch bigint NOT NULL, reign text NOT NULL UNIQUE, holder text NOT NULL, expires_at timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS assistant_reign (
  reign text PRIMARY KEY, epoch bigint NOT NULL, first_seq bigint NOT NULL UNIQUE, holder text NOT NULL,
  store_version integer NOT NULL, library text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE IF NOT EXISTS assistant_log (
  seq bigint PRIMARY KEY, reign text NOT NULL, file text NOT NULL, sealed bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp());
ALTER TABLE assistant_log ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS assistant_snapshot (
  snapshot text PRIMARY KEY, seq bigint NOT NULL, reign text NOT NULL, bytes bigint NOT NULL, files jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE IF NOT EXISTS assistant_snapshot_part (
  snapshot text NOT NULL, file text NOT NULL, part integer NOT NULL, sealed bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (snapshot, file, part));
ALTER TABLE assistant_snapshot_part ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS assistant_instance (
  instance text PRIMARY KEY, leads boolean NOT NULL, seq bigint NOT NULL, has_data boolean NOT NULL,
  reaches_homeserver boolean NOT NULL, is_ready boolean NOT NULL,  version text NOT NULL, content text NOT NULL, seen_at timestamptz NOT NULL DEFAULT clock_timestamp());
`;

/**
 * Makes the tables where they are missing, and looks whether they are this bot's.
 * @throws StandbyError when they are another's; as the link does when PostgreSQL is out of reach
 */
export async function prepareTables(link: Link, seal: Seal): Promise<void> {
  try {
    const { rows } = await link.query(`SELECT to_regclass('assistant_instance') IS NOT NULL AS there`);
    // One message is one transaction: two instances that start together wait for each other.
    if (rows[0]?.['there'] !== true) await link.query(`SELECT pg_advisory_xact_lock(7283451920); ${schema}`);
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    throw new StandbyError(
      'PostgreSQL (STANDBY_URL) : ce compte n’a pas le droit de créer des tables. Donnez-lui une base à lui (CREATE DATABASE … OWNER …), puis relancez.',
      { cause: error },
    );
  }
  await link.query(
    `INSERT INTO assistant_lease (layout, key_check, epoch, reign, holder, expires_at)
     VALUES ($1, $2, 0, '', '', '-infinity') ON CONFLICT DO NOTHING`,
    [layout, seal.check],
  );
  const { rows } = await link.query('SELECT layout, key_check FROM assistant_lease');
  if (rows[0]?.['layout'] !== layout)
    throw new StandbyError(
      'PostgreSQL (STANDBY_URL) : ces tables viennent d’une autre version de l’assistant. Mettez cette machine à la même version, puis relancez.',
    );
  if (rows[0]?.['key_check'] !== seal.check)
    throw new StandbyError(
      'PostgreSQL (STANDBY_URL) : cette base sert à un assistant qui a une autre STORE_KEY. Donnez à cette machine la même STORE_KEY que l’autre, ou une autre base.',
    );
}
