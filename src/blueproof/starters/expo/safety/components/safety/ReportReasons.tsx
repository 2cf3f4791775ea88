import { Button } from "@/components/Button";
import { MenuItem } from "@/components/MenuItem";
import { Form } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { Words } from "@/components/Words";
import { useAction } from "@/lib/action";
import { useReport } from "@/lib/data/safety";
import type { Message } from "@/lib/data/types";

const REASONS = [
  "Harassment or hate",
  "Threats or violence",
  "Nudity or sex",
  "Spam or fraud",
  "Something else",
];

export function ReportReasons({ message, close }: { message: Message; close: () => void }) {
  const report = useReport();
  const { run, problem } = useAction("report", async (reason: string) => {
    await report(message, reason);
    close();
  });
  return (
    <>
      <Form>
        <Words kind="title">Why do you report this?</Words>
        <Words kind="note">Only the people who look after this app see your report.</Words>
        <Problem says={problem} />
      </Form>
      {REASONS.map((reason) => (
        <MenuItem key={reason} label={reason} onPress={() => void run(reason)} />
      ))}
      <Button kind="quiet" label="Cancel" onPress={close} />
    </>
  );
}
