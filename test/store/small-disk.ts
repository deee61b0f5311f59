import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that can really be full. */
export interface SmallDisk {
  /** False where mounting is not permitted: then nothing can be tried on it. */
  readonly mounted: boolean;
  readonly path: string;
  /** Takes all the room but for about `left` bytes. */
  fill(left: number): void;
  /** Gives back what `fill` took. */
  free(): void;
  remove(): void;
}

/** A tmpfs, which only root may mount; elsewhere it says aloud that the tests on it are left out. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'disque-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', path]);
  const mounted = status === 0;
  if (!mounted) {
    // Here: where every test is left out, nothing is called after them.
    rmSync(path, { recursive: true });
    console.warn('\n⚠ Tests du disque plein laissés de côté : monter un tmpfs n’est pas permis ici.\n');
  }
  const filler = join(path, 'remplissage');
  return {
    mounted,
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
