import { NextResponse } from 'next/server';
import { createClient } from '@/utils/supabase/server';

export async function PATCH(req: Request) {
  const supabase = await createClient();
  const { data: { user } } = await supabase.auth.getUser();
  if (!user) return NextResponse.json({ error: 'unauthorized' }, { status: 401 });

  const { name } = await req.json();
  const { error } = await supabase.from('profiles').update({ name }).eq('id', user.id);
  if (error) {
    console.error(error);
    return NextResponse.json({ error: 'not saved' }, { status: 500 });
  }
  return NextResponse.json({ name });
}
