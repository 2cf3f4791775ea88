import { createClient } from 'https://esm.sh/@supabase/supabase-js@2';

const cors = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'authorization, content-type',
};

Deno.serve(async (req) => {
  if (req.method === 'OPTIONS') return new Response('ok', { headers: cors });

  const { userId } = await req.json();
  const admin = createClient(
    Deno.env.get('SUPABASE_URL')!,
    Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!,
  );
  await admin.from('messages').delete().eq('user_id', userId);
  await admin.auth.admin.deleteUser(userId);

  return new Response(JSON.stringify({ deleted: userId }), {
    headers: { ...cors, 'Content-Type': 'application/json' },
  });
});
