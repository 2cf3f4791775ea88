import { useInfiniteQuery } from '@tanstack/react-query';
import { collection, getDocs, limit, orderBy, query, startAfter } from 'firebase/firestore';
import { db } from './firebase';

const PAGE = 25;

export function usePosts() {
  return useInfiniteQuery({
    queryKey: ['posts'],
    initialPageParam: null as any,
    queryFn: async ({ pageParam }) => {
      const base = [orderBy('createdAt', 'desc'), limit(PAGE)];
      const q = pageParam
        ? query(collection(db, 'posts'), ...base, startAfter(pageParam))
        : query(collection(db, 'posts'), ...base);
      const snap = await getDocs(q);
      return { posts: snap.docs.map((d) => ({ id: d.id, ...d.data() })), last: snap.docs.at(-1) };
    },
    getNextPageParam: (page) => page.last,
    staleTime: 60_000,
  });
}
