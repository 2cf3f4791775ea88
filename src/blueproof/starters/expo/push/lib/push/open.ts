/** The conversation in front of the person's eyes: a notification of it would be noise. */
let open: string | null = null;

export function setOpen(conversationId: string | null): void {
  open = conversationId;
}

export function isOpen(conversationId: string | null): boolean {
  return conversationId !== null && conversationId === open;
}
