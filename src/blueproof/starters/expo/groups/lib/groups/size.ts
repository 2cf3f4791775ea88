import { app } from "@/lib/app";
import type { Person } from "@/lib/data/types";

/** How many people can still join, with `others` beside oneself in the group. */
export function room(others: number): number {
  return Math.max(0, app.largestGroup - 1 - others);
}

/** The people with one more, each once. */
export function withPerson(people: Person[], person: Person): Person[] {
  return people.some((known) => known.id === person.id) ? people : [...people, person];
}
