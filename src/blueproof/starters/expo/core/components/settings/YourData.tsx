import { Button } from "@/components/Button";
import { Form } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { app } from "@/lib/app";
import { confirm } from "@/lib/confirm";
import { useExport } from "@/lib/data/account";
import { useEraseAndLeave } from "@/lib/leave";
import { saveText } from "@/lib/saveText";

const ERASE = {
  title: "Delete your account?",
  text: "Your account and your personal data are deleted for good. Nobody can bring them back.",
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
      <Button
        kind="quiet"
        label="Get a copy of my data"
        busy={copy.busy}
        onPress={() => void copy.run()}
      />
      <Button
        kind="danger"
        label="Delete my account"
        busy={remove.busy}
        onPress={() => void remove.run()}
      />
      <Problem says={problem} />
    </Form>
  );
}
