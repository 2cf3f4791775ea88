import { EditForm } from "@/components/edits/EditForm";
import { MenuItem } from "@/components/MenuItem";
import type { InMenu } from "@/lib/chat/parts";

export function EditAction({ message, mine, show, close }: InMenu) {
  if (!mine || !message.text) return null;
  return (
    <MenuItem label="Edit" onPress={() => show(<EditForm message={message} close={close} />)} />
  );
}
