import { useSession } from "@/lib/data/session";
import type { Person } from "@/lib/data/types";

/** Who is signed in; only for what stands in the (app) group. */
export function useMe(): Person {
  const session = useSession();
  if (session.state !== "in") throw new Error("This needs somebody who is signed in.");
  return session.person;
}
