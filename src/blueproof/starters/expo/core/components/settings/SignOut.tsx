import { Button } from "@/components/Button";
import { Form } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useLeave } from "@/lib/leave";

export function SignOut() {
  const { run, busy, problem } = useAction("sign out", useLeave());
  return (
    <Form>
      <Button kind="quiet" label="Sign out" busy={busy} onPress={() => void run()} />
      <Problem says={problem} />
    </Form>
  );
}
