import { onIdTokenChanged } from "firebase/auth";
import { type QueryDocumentSnapshot, collection, orderBy, query, where } from "firebase/firestore";
import { useEffect, useState } from "react";

import { auth } from "./auth";
import { call } from "./call";
import { speaking } from "./failure";
import { db } from "./firebase";
import { usePages } from "./pages";
import type { Page } from "./types";

type Role = "member" | "moderator" | "admin";
type Report = { id: string; text: string; reason: string; at: number };

const REPORTS = 20;

export function useRole(): Role {
  const [role, setRole] = useState<Role>("member");
  useEffect(
    () =>
      onIdTokenChanged(auth, (user) => {
        if (!user) return setRole("member");
        user.getIdTokenResult().then(
          ({ claims }) =>
            setRole(
              claims.role === "admin" || claims.role === "moderator" ? claims.role : "member",
            ),
          () => setRole("member"),
        );
      }),
    [],
  );
  return role;
}

export function useReports(): Page<Report> {
  const role = useRole();
  const pages = usePages(
    `reports ${role}`,
    () =>
      role === "member"
        ? null
        : query(collection(db, "reports"), where("open", "==", true), orderBy("at", "desc")),
    REPORTS,
  );
  return { ...pages, items: pages.rows.map(readReport) };
}

const resolve = speaking(async (id: string, remove: boolean) => {
  await call("resolveReport", { id, remove });
});

export const useResolve = (): ((reportId: string, remove: boolean) => Promise<void>) => resolve;

function readReport(row: QueryDocumentSnapshot): Report {
  return {
    id: row.id,
    text: row.get("text") ?? "",
    reason: row.get("reason"),
    at: row.get("at").toMillis(),
  };
}
