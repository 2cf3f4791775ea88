import { useQuery } from '@tanstack/react-query';
import { supabase } from './supabase';

export function Products({ category }: { category: string }) {
  const { data, error } = useQuery({
    queryKey: ['products', category],
    queryFn: async () => {
      const { data, error } = await supabase
        .from('products')
        .select('id, name, price, images(url)')
        .eq('category', category)
        .order('name')
        .range(0, 49);
      if (error) throw error;
      return data;
    },
  });
  if (error) return <p>failed</p>;
  return <ul>{data?.map((p) => <li key={p.id}>{p.name}</li>)}</ul>;
}
