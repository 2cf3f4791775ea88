import { File, Paths } from "expo-file-system";
import { shareAsync } from "expo-sharing";

/** Hands a text to the person as a file, through the sheet of the system. */
export async function saveText(name: string, text: string, type: string): Promise<void> {
  const file = new File(Paths.cache, name);
  if (file.exists) file.delete();
  file.create();
  file.write(text);
  try {
    await shareAsync(file.uri, { mimeType: type });
  } finally {
    file.delete();
  }
}
