import { serve } from 'https://deno.land/std@0.177.0/http/server.ts';
import { createClient } from 'https://esm.sh/@supabase/supabase-js@2';

const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!);

serve(async (req) => {
  const payload = await req.json();
  if (payload.type === 'subscription.renewed') {
    const { data: profile } = await supabase.from('profiles').select('credits').eq('id', payload.user_id).single();
    await supabase.from('profiles').update({ credits: profile.credits + payload.credits }).eq('id', payload.user_id);
    fetch('https://hooks.slack.com/services/x', { method: 'POST', body: JSON.stringify({ text: 'renewed' }) });
  }
  return new Response('ok');
});
