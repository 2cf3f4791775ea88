/** Throws if `by` may not bring `person` into a group. */
export type MayAdd = (by: string, person: string) => Promise<void>;
