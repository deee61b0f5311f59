import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { Content } from '../../knowledge/content.ts';
import { type PageEnv, readJson } from '../page-env.ts';
import type { Names } from '../page-view.ts';
import type { FicheWorkshop } from './fiche-workshop.ts';

/** Bytes: a fiche with its questions is thirty thousand. */
const longestFiche = 1_000_000;

const id = z.string().regex(/^[a-z0-9-]{1,60}$/);
const version = z.string().nullable();
const edited = {
  id,
  fiche: z.record(z.string(), z.unknown()),
  questions: z.array(z.string().max(5_000)).max(2_000),
};
const shapes = {
  check: z.strictObject(edited),
  save: z.strictObject({
    ...edited,
    versions: z.strictObject({ knowledge: version, intents: version }),
    commit: z.boolean(),
  }),
  rename: z.strictObject({ id, to: id }),
  move: z.strictObject({ id, where: z.enum(['rest', 'service', 'away']) }),
  undo: z.strictObject({ entry: z.int().positive() }),
};

export function addFicheRoutes(app: Hono<PageEnv>, workshop: FicheWorkshop, content: () => Content): void {
  const limit = bodyLimit({
    maxSize: longestFiche,
    onError: (context) => context.text('Cette fiche est trop longue.', 413),
  });

  app.get('/api/names', async (context) =>
    context.json(namesOf(content(), await workshop.listResting(), await workshop.whyReadOnly())),
  );
  app.get('/api/service', (context) => context.json({ version: content().version }));
  app.get('/api/fiche/:id{[a-z0-9-]+}', async (context) => {
    const source = await workshop.read(context.req.param('id'));
    return source
      ? context.json(source)
      : context.text('Cette fiche n’existe pas, ou son fichier ne se lit pas.', 404);
  });
  // Nothing is written: readers may try too.
  app.post('/api/check', limit, async (context) => {
    const order = await readJson(context, shapes.check);
    if (!order) return context.text('Demande mal formée.', 400);
    return context.json(await workshop.check(order.id, order));
  });
  app.post('/api/atelier/save', limit, async (context) => {
    const order = await readJson(context, shapes.save);
    if (!order) return context.text('Demande mal formée.', 400);
    const { id, versions, commit } = order;
    return context.json(
      await workshop.save(context.var.visitor.name, { id, versions, edited: order, commit }),
    );
  });
  app.post('/api/atelier/rename', limit, async (context) => {
    const order = await readJson(context, shapes.rename);
    if (!order) return context.text('Un identifiant ne contient que a-z, 0-9 et le tiret.', 400);
    return context.json(await workshop.rename(context.var.visitor.name, order.id, order.to));
  });
  app.post('/api/atelier/move', limit, async (context) => {
    const order = await readJson(context, shapes.move);
    if (!order) return context.text('Demande mal formée.', 400);
    return context.json(await workshop.move(context.var.visitor.name, order.id, order.where));
  });
  app.post('/api/atelier/undo', limit, async (context) => {
    const order = await readJson(context, shapes.undo);
    if (!order) return context.text('Demande mal formée.', 400);
    return context.json(await workshop.undo(context.var.visitor.name, order.entry));
  });
}

function namesOf(content: Content, resting: readonly string[], readOnly: string | null): Names {
  const named = (names: ReadonlyMap<string, string>) => [...names].map(([id, title]) => ({ id, title }));
  return {
    fiches: [...content.fiches.values()].map(({ id, title }) => ({ id, title })),
    themes: named(content.sentences.themes),
    contacts: named(content.sentences.contacts),
    products: content.lexicon.products.map(({ id, name }) => ({ id, title: name })),
    slots: content.profile.map(({ id, title, values }) => ({
      id,
      title,
      values: values.map((value) => ({ id: value.id, title: value.title })),
    })),
    resting,
    readOnly,
  };
}
