// Keeps a worker on ECS running while it has jobs: neither a deploy nor a scale-in ends it.
//
// Between SIGTERM and SIGKILL Fargate waits 120 s at most. A job that takes longer is kept by task
// protection instead: asked for when a job begins, given back when none is left. Give it each
// worker of BullMQ once:  protectJobs(worker);  Outside of ECS it only ends the worker on SIGTERM.
//
// While a deploy waits for this task, ECS refuses new protection: the worker then takes no further
// jobs, ends those it has, and is replaced.

const AGENT = process.env.ECS_AGENT_URI ?? '';
const MINUTES = Number(process.env.PROTECT_MINUTES ?? 120); // longer than the longest job
let jobs = 0;

async function protect(on) {
  const wish = on
    ? { ProtectionEnabled: true, ExpiresInMinutes: MINUTES }
    : { ProtectionEnabled: false };
  try {
    const answer = await fetch(`${AGENT}/task-protection/v1/state`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(wish),
      signal: AbortSignal.timeout(5000),
    });
    const said = await answer.json();
    if (said.protection) return true;
    console.warn('task protection refused', said.failure ?? said.error);
  } catch (error) {
    console.warn('task protection', String(error));
  }
  return false;
}

export function protectJobs(worker) {
  // On SIGTERM: no new job, those at hand to their end.
  process.once('SIGTERM', () => {
    worker.close().then(() => process.exit(0), () => process.exit(1));
  });
  if (!AGENT) return;
  worker.on('active', async () => {
    jobs += 1;
    // Without waiting for the jobs at hand: they go on, and no other is taken.
    if (!(await protect(true))) await worker.pause(true);
  });
  const ended = async () => {
    jobs = Math.max(0, jobs - 1);
    if (jobs === 0) await protect(false);
  };
  worker.on('completed', ended);
  worker.on('failed', ended);
}
