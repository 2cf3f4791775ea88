import { v, type Infer } from "convex/values";

/** One page of a section of a person's export; the cursor is null behind the last page. */
export const exportPageValidator = v.object({
  items: v.array(v.any()),
  cursor: v.union(v.string(), v.null()),
});
export type ExportPage = Infer<typeof exportPageValidator>;

export const EXPORT_PAGE = 200;
