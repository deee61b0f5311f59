import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { type PageEnv, readJson } from '../page-env.ts';
import type { TodoWorkshop } from './todo-workshop.ts';

const text = z.string().max(2_000);
const order = z.strictObject({
  ids: z
    .array(z.string().regex(/^[0-9a-f]{6}$/))
    .min(1)
    .max(5_000),
  gesture: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('adopt'), fiche: z.string().regex(/^[a-z0-9-]+$/), text }),
    z.strictObject({ type: z.literal('out-of-scope'), text }),
    z.strictObject({ type: z.literal('forget') }),
  ]),
});

export function addTodoRoutes(app: Hono<PageEnv>, todo: TodoWorkshop): void {
  app.get('/api/todo', (context) => {
    const days = Math.min(365, Math.max(1, Math.trunc(Number(context.req.query('days'))) || 30));
    return context.json(todo.list(days));
  });
  app.post('/api/atelier/todo', bodyLimit({ maxSize: 100_000 }), async (context) => {
    const read = await readJson(context, order);
    if (!read) return context.text('Demande mal formée.', 400);
    return context.json(await todo.settle(context.var.visitor.name, read.ids, read.gesture));
  });
}
