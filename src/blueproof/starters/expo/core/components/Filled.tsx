import type { Place } from "@/lib/places";

/** Everything that features put into a place, in order. */
export function Filled<P extends object>({ place, given }: { place: Place<P>; given: P }) {
  return place.map((Part, index) => <Part key={index} {...given} />);
}
