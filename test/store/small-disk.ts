import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that can really be full. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all the room but for about `left` bytes. */
  fill(left: number): void;
  /** Gives back what `fill` took. */
  free(): void;
  remove(): void;
}

/** A tmpfs, which only root may mount: null elsewhere, said aloud. */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'disque-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', path]);
  if (status !== 0) {
    rmSync(path, { recursive: true });
    console.warn('\n⚠ Tests du disque plein laissés de côté : monter un tmpfs n’est pas permis ici.\n');
    return null;
  }
  const filler = join(path, 'remplissage');
  return {
    path,
    fill(left) {
      const { bavail, bsize } = statfsSync(path);
      const blocks = Math.max(0, bavail - Math.ceil(left / bsize));
      appendFileSync(filler, Buffer.alloc(blocks * bsize));
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
