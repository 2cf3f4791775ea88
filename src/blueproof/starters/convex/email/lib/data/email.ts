import { useAuthActions } from "@convex-dev/auth/react";
import { useMutation } from "convex/react";
import { useMemo } from "react";

import { api } from "@/convex/_generated/api";
import { told } from "@/lib/data/telling";

type Email = {
  signIn(email: string, password: string): Promise<void>;
  signUp(email: string, password: string, name: string): Promise<void>;
  reset(email: string): Promise<void>;
};

const NO_MATCH = "This address and this password do not belong together.";
const NO_ACCOUNT = "No account could be made for this address. Do you have one already?";

export function useEmail(): Email {
  const { signIn } = useAuthActions();
  const requestReset = useMutation(api.email.requestReset);
  return useMemo(
    () => ({
      async signIn(email, password) {
        await told(signIn("password", { flow: "signIn", email, password }), NO_MATCH);
      },
      async signUp(email, password, name) {
        await told(signIn("password", { flow: "signUp", email, password, name }), NO_ACCOUNT);
      },
      async reset(email) {
        await told(requestReset({ email }));
      },
    }),
    [signIn, requestReset],
  );
}
