import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ServedFile {
  readonly type: string;
  readonly body: Buffer;
}

/** Path of a request → its file. SECURITY: no path is ever looked up on the disk; one that is not here does not exist. */
export type ServedFiles = ReadonlyMap<string, () => ServedFile>;

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.ico': 'image/x-icon',
};

/** The page's own style and scripts, and what it needs of the State's design system. Read once, at the first request. */
export function listServedFiles(): ServedFiles {
  const own = fileURLToPath(new URL('browser/', import.meta.url));
  const dsfr = join(dirname(createRequire(import.meta.url).resolve('@gouvfr/dsfr/package.json')), 'dist');
  const files = new Map<string, string>([
    ['/dsfr/dsfr.min.css', join(dsfr, 'dsfr.min.css')],
    ['/dsfr/dsfr.module.min.js', join(dsfr, 'dsfr.module.min.js')],
    ['/favicon.ico', join(dsfr, 'favicon/favicon.ico')],
  ]);
  for (const name of readdirSync(join(dsfr, 'fonts'))) {
    if (/^Marianne-.*\.woff2$/.test(name)) files.set(`/dsfr/fonts/${name}`, join(dsfr, 'fonts', name));
  }
  for (const icon of iconsOf(readFileSync(join(dsfr, 'dsfr.min.css'), 'utf8'))) {
    files.set(`/dsfr/${icon}`, join(dsfr, icon));
  }
  for (const name of readdirSync(own)) {
    if (/\.(?:ts|css)$/.test(name)) files.set(`/page/${name}`, join(own, name));
  }
  return new Map([...files].map(([path, file]) => [path, readOnce(file)]));
}

function iconsOf(css: string): Set<string> {
  return new Set([...css.matchAll(/url\((icons\/[\w/-]+\.svg)\)/g)].map(([, path = '']) => path));
}

/** Browser scripts are TypeScript whose types are taken out as they are served, as Node does: there is no build. */
function readOnce(file: string): () => ServedFile {
  let served: ServedFile | null = null;
  return () => {
    if (!served) {
      const extension = extname(file);
      const raw = readFileSync(file);
      const body = extension === '.ts' ? Buffer.from(stripTypeScriptTypes(raw.toString('utf8'))) : raw;
      served = { type: types[extension] ?? 'application/octet-stream', body };
    }
    return served;
  };
}
