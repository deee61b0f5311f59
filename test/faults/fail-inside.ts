// Loaded into the bot's own process before src/main.ts (--import): the faults of a plan that strike inside it. What has
// struck is noted in a file, for the process may end there, and the next must go on.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInjector } from './injector.ts';
import { installLibraryFaults } from './library-faults.ts';
import type { Effect, Plan } from './plan.ts';
import { createRealTime } from './real-time.ts';
import { installSqliteFaults } from './sqlite-faults.ts';

const plan = JSON.parse(process.env['FAULT_PLAN'] ?? '{"faults":[]}') as Plan;
const notes = process.env['FAULT_NOTES'] ?? '';
const struck = new Set(existsSync(notes) ? readFileSync(notes, 'utf8').split('\n') : []);
const time = createRealTime();
const left = plan.faults.filter((fault) => !struck.has(JSON.stringify(fault)));
const injector = createInjector({ ...plan, faults: left }, time, carryOut);
let noted = 0;

function note<T>(effect: T): T {
  for (const fault of injector.struck.slice(noted)) appendFileSync(notes, `${JSON.stringify(fault)}\n`);
  noted = injector.struck.length;
  return effect;
}

function carryOut(effect: Effect): void {
  note(effect);
  switch (effect.do) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      break;
    case 'terminate':
      process.kill(process.pid, 'SIGTERM');
      break;
    case 'jump':
      time.jump(effect.ms);
      break;
    default:
  }
}

installSqliteFaults(() => ({
  onStatement: (path, sql) => {
    const point = path.endsWith('assistant.db') ? 'sql:store' : 'sql:keys';
    return sql.includes('sqlite_') ? null : note(injector.onSql(point));
  },
  onEffect: carryOut,
}));
installLibraryFaults(() => ({
  onCall: (points) => note(injector.onLibrary(points)),
  onEffect: carryOut,
  onPanic(error) {
    throw error;
  },
}));
