import axios from 'axios';

const SUPABASE_SERVICE_ROLE_KEY = process.env.EXPO_PUBLIC_SUPABASE_SERVICE_ROLE_KEY!;

export const api = axios.create({
  baseURL: 'https://abc.supabase.co/rest/v1',
  headers: { apikey: SUPABASE_SERVICE_ROLE_KEY, Authorization: `Bearer ${SUPABASE_SERVICE_ROLE_KEY}` },
});

export async function loadProfile(id: string) {
  const { data } = await api.get(`/profiles?id=eq.${id}`);
  return data[0];
}
