import { MenuItem } from "@/components/MenuItem";
import { ReportReasons } from "@/components/safety/ReportReasons";
import type { InMenu } from "@/lib/chat/parts";

export function ReportAction({ message, mine, show, close }: InMenu) {
  if (mine) return null;
  return (
    <MenuItem
      danger
      label="Report"
      onPress={() => show(<ReportReasons message={message} close={close} />)}
    />
  );
}
