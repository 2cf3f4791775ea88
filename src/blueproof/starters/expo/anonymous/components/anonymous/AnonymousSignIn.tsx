import { Button } from "@/components/Button";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useAnonymous } from "@/lib/data/anonymous";

export function AnonymousSignIn() {
  const { run, busy, problem } = useAction("anonymous sign-in", useAnonymous());
  return (
    <>
      <Button
        kind="quiet"
        label="Try it without an account"
        busy={busy}
        onPress={() => void run()}
      />
      <Problem says={problem} />
    </>
  );
}
