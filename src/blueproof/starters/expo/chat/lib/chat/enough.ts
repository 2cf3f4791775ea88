import { useEffect, useState } from "react";

import { isShort } from "@/lib/chat/short";
import type { Page } from "@/lib/data/types";

/** The page, asked for more by itself while it is short; once each time that it changed. */
export function useEnough<T>(page: Page<T>): Page<T> {
  const { loadMore } = page;
  const [asked, setAsked] = useState<() => void>();
  const due = isShort(page) && asked !== loadMore;
  useEffect(() => {
    if (!due) return;
    setAsked(() => loadMore);
    loadMore();
  }, [due, loadMore]);
  return due ? { ...page, loading: true } : page;
}
