export default {
  async scheduled(event: ScheduledEvent, env: Env, ctx: ExecutionContext) {
    const supabase = createClient(env.SUPABASE_URL, env.SUPABASE_SERVICE_ROLE_KEY);
    const { data: state, error } = await supabase.from("sync_state").select("cursor").eq("id", 1).single();
    if (error) throw error;
    const res = await fetch(`https://${env.SHOP}/admin/api/2026-01/orders.json?limit=250&since_id=${state.cursor}`, {
      headers: { "X-Shopify-Access-Token": env.SHOPIFY_TOKEN },
      signal: AbortSignal.timeout(20_000),
    });
    if (!res.ok) throw new Error(`shopify ${res.status}`);
    const { orders } = await res.json<{ orders: { id: number; total_price: string }[] }>();
    if (orders.length === 0) return;
    const rows = orders.map((o) => ({ id: o.id, total: o.total_price }));
    const saved = await supabase.from("orders").upsert(rows, { onConflict: "id" });
    if (saved.error) throw saved.error;
    const moved = await supabase.from("sync_state").update({ cursor: orders[orders.length - 1].id }).eq("id", 1);
    if (moved.error) throw moved.error;
  },
};
