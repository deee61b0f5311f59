import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Visitor } from './page-view.ts';

/** What every route knows: Node's request, and who asks. */
export interface PageEnv {
  Bindings: HttpBindings;
  Variables: { visitor: Visitor };
}

/** The body as `shape` reads it; null when it is not JSON of that shape. */
export async function readJson<S extends z.ZodType>(
  context: Context<PageEnv>,
  shape: S,
): Promise<z.output<S> | null> {
  if (!isJson(context)) return null;
  let value: unknown;
  try {
    value = await context.req.json();
  } catch {
    return null;
  }
  const parsed = shape.safeParse(value);
  return parsed.success ? parsed.data : null;
}

export function isJson(context: Context<PageEnv>): boolean {
  return context.req.header('content-type')?.startsWith('application/json') === true;
}
