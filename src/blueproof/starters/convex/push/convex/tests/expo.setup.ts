import { vi } from "vitest";

export type Sent = { to: string; title: string; body: string; data: { conversationId: string } };

/** Expo's push service: keeps what it is sent, and answers as it is told to. */
export class Expo {
  batches: Sent[][] = [];
  outFor = 0;
  unreachableFor = 0;
  gone = new Set<string>();
  receipts: Record<string, unknown> = {};
  asked: string[][] = [];

  install(): this {
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) =>
      this.answer(url, String(init.body)),
    );
    return this;
  }

  get sent(): Sent[] {
    return this.batches.flat();
  }

  private answer(url: string, body: string): Response {
    if (this.unreachableFor-- > 0) throw new TypeError("fetch failed");
    if (this.outFor-- > 0) return new Response(null, { status: 503 });
    if (url.endsWith("/getReceipts")) {
      this.asked.push(JSON.parse(body).ids);
      return Response.json({ data: this.receipts });
    }
    const batch: Sent[] = JSON.parse(body);
    this.batches.push(batch);
    return Response.json({ data: batch.map(({ to }) => this.ticket(to)) });
  }

  private ticket(token: string) {
    if (this.gone.has(token)) return { status: "error", details: { error: "DeviceNotRegistered" } };
    return { status: "ok", id: `ticket of ${token}` };
  }
}

export function tokenOf(name: string): string {
  return `ExponentPushToken[${name}]`;
}
