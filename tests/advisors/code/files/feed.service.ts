import { PrismaClient } from '@prisma/client';

const prisma = new PrismaClient();

export interface FeedItem {
  id: string;
  body: string;
  author: { id: string; name: string; avatar: string | null };
  likes: number;
}

export async function getFeed(userId: string): Promise<FeedItem[]> {
  const follows = await prisma.follow.findMany({ where: { followerId: userId } });
  const posts = await prisma.post.findMany({
    where: { authorId: { in: follows.map((f) => f.followeeId) } },
    orderBy: { createdAt: 'desc' },
    take: 40,
  });
  const items: FeedItem[] = [];
  for (const post of posts) {
    const author = await prisma.user.findUnique({ where: { id: post.authorId } });
    const likes = await prisma.like.count({ where: { postId: post.id } });
    items.push({
      id: post.id,
      body: post.body,
      author: { id: author!.id, name: author!.name, avatar: author!.avatar },
      likes,
    });
  }
  return items;
}
