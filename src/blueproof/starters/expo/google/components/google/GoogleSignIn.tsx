import { Button } from "@/components/Button";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useGoogle } from "@/lib/data/google";

export function GoogleSignIn() {
  const { run, busy, problem } = useAction("google sign-in", useGoogle());
  return (
    <>
      <Button label="Continue with Google" busy={busy} onPress={() => void run()} />
      <Problem says={problem} />
    </>
  );
}
