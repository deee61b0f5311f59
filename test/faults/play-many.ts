import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Report } from './worker.ts';

/** Plans that one process plays: the crypto library's memory grows with each, and is never given back. */
const plansAProcess = 40;

/** Plays plans in so many processes at once; reports come as they are made. Rejects when the engine itself fails. */
export async function playMany(
  orders: readonly Order[],
  jobs: number,
  onReport: (report: Report, order: Order) => void,
): Promise<void> {
  const waiting = [...orders];

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
        execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'],
      });
      try {
        for (let played = 0; played < plansAProcess; played += 1) {
          const order = waiting.shift();
          if (!order) break;
          onReport(await ask(worker, order), order);
        }
      } finally {
        worker.kill();
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(jobs, orders.length) }, work));
}

function ask(worker: ChildProcess, order: Order): Promise<Report> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`plan ${order.plan.seed}: its process has ended with ${code}`));
    worker.once('exit', onExit);
    worker.once('message', (report: Report) => {
      worker.off('exit', onExit);
      resolve(report);
    });
    worker.send(order);
  });
}
