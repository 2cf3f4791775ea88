import type { Question } from "@/lib/confirm";

export async function confirm({ title, text }: Question): Promise<boolean> {
  return window.confirm(`${title}\n\n${text}`);
}
