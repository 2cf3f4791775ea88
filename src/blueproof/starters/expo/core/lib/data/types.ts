export type Person = { id: string; name: string; photo: string | null };
export type Conversation = {
  id: string;
  title: string;
  people: Person[];
  group: boolean;
  preview: string;
  at: number;
  unread: number;
  muted: boolean;
};
export type Message = {
  id: string;
  clientId: string;
  author: Person;
  text: string;
  at: number | null;
  state: "sending" | "sent" | "failed";
  edited: boolean;
  deleted: boolean;
};
export type Page<T> = { items: T[]; loading: boolean; more: boolean; loadMore: () => void };
export type Session =
  { state: "loading" } | { state: "out" } | { state: "in"; person: Person; anonymous: boolean };
