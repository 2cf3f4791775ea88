/** Of readers, those who do not want to hear of what an author writes in a group. */
export type Hushed = (author: string, readers: readonly string[]) => Promise<readonly string[]>;
