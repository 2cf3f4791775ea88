import { Button } from "@/components/Button";
import { Form } from "@/components/Page";
import { Words } from "@/components/Words";
import { useAction } from "@/lib/action";
import { app } from "@/lib/app";
import { confirm } from "@/lib/confirm";
import { useExport } from "@/lib/data/account";
import { saveText } from "@/lib/saveText";
import { useEraseAndLeave } from "@/lib/leave";

const ERASE = {
  title: "Delete your account?",
  text: "Your account and your personal data are deleted at once and for good. Nobody can bring them back.",
  yes: "Delete account",
};

/** What the law gives everybody: a copy of their data, and its deletion. */
export function YourData() {
  const read = useExport();
  const erase = useEraseAndLeave();
  const copy = useAction("export", async () => {
    await saveText(`${app.name}.json`, await read(), "application/json");
  });
  const remove = useAction("erase", async () => {
    if (await confirm(ERASE)) await erase();
  });
  const problem = copy.problem ?? remove.problem;
  return (
    <Form>
      <Button kind="quiet" label="Get a copy of my data" busy={copy.busy} onPress={() => void copy.run()} />
      <Button kind="danger" label="Delete my account" busy={remove.busy} onPress={() => void remove.run()} />
      {problem ? <Words kind="problem">{problem}</Words> : null}
    </Form>
  );
}
