import { useEffect, useState } from 'react';
import { FlatList } from 'react-native';
import { supabase } from '../lib/supabase';
import { PostCard } from './PostCard';

export default function Feed() {
  const [posts, setPosts] = useState<any[]>([]);

  useEffect(() => {
    const load = async () => {
      const { data } = await supabase.from('posts').select('*').order('created_at', { ascending: false });
      const full = [];
      for (const p of data ?? []) {
        const { data: author } = await supabase.from('profiles').select('*').eq('id', p.author_id).single();
        const { count } = await supabase.from('likes').select('*', { count: 'exact' }).eq('post_id', p.id);
        full.push({ ...p, author, likes: count });
      }
      setPosts(full);
    };
    load();
    const timer = setInterval(load, 5000);
    return () => clearInterval(timer);
  }, []);

  return <FlatList data={posts} renderItem={({ item }) => <PostCard post={item} />} />;
}
