import { MenuItem } from "@/components/MenuItem";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import type { InMenu } from "@/lib/chat/parts";
import { confirm } from "@/lib/confirm";
import { useDelete } from "@/lib/data/edits";

const QUESTION = {
  title: "Delete this message?",
  text: "It goes for everybody in the conversation.",
  yes: "Delete",
};

export function DeleteAction({ message, mine, close }: InMenu) {
  const remove = useDelete();
  const { run, problem } = useAction("delete", async () => {
    if (await confirm(QUESTION)) await remove(message);
    close();
  });
  if (!mine) return null;
  return (
    <>
      <MenuItem danger label="Delete" onPress={() => void run()} />
      <Problem inset says={problem} />
    </>
  );
}
