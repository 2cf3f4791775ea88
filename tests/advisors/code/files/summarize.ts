import OpenAI from 'openai';
import { prisma } from '@/lib/prisma';

const openai = new OpenAI();

export async function POST(req: Request) {
  const { documentId } = await req.json();
  const result = await prisma.$transaction(async (tx) => {
    const doc = await tx.document.findUniqueOrThrow({ where: { id: documentId } });
    const completion = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: `Summarize: ${doc.text}` }],
    });
    return tx.document.update({
      where: { id: documentId },
      data: { summary: completion.choices[0].message.content },
    });
  });
  return Response.json(result);
}
