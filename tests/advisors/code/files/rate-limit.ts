import { NextRequest, NextResponse } from 'next/server';

const hits = new Map<string, { count: number; since: number }>();
const WINDOW = 60_000;
const MOST = 20;

setInterval(() => {
  for (const [ip, seen] of hits) if (Date.now() - seen.since > WINDOW) hits.delete(ip);
}, WINDOW);

export async function POST(req: NextRequest) {
  const ip = req.headers.get('x-forwarded-for') ?? 'unknown';
  const seen = hits.get(ip) ?? { count: 0, since: Date.now() };
  if (Date.now() - seen.since > WINDOW) {
    seen.count = 0;
    seen.since = Date.now();
  }
  seen.count += 1;
  hits.set(ip, seen);
  if (seen.count > MOST) return NextResponse.json({ error: 'slow down' }, { status: 429 });

  const { prompt } = await req.json();
  const answer = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: prompt }] }),
  });
  return NextResponse.json(await answer.json());
}
