import { Button } from "@/components/Button";
import { Words } from "@/components/Words";
import { useAction } from "@/lib/action";
import { useAnonymous } from "@/lib/data/anonymous";

export function AnonymousSignIn() {
  const { run, busy, problem } = useAction("anonymous sign-in", useAnonymous());
  return (
    <>
      <Button kind="quiet" label="Try it without an account" busy={busy} onPress={() => void run()} />
      {problem ? <Words kind="problem">{problem}</Words> : null}
    </>
  );
}
