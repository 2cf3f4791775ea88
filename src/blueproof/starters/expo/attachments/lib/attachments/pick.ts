import * as DocumentPicker from "expo-document-picker";
import { File } from "expo-file-system";
import * as ImagePicker from "expo-image-picker";

import { TYPES, type Picked } from "@/lib/attachments/limits";

/** A photo of the library, null if none was chosen; the system's picker needs no permission. */
export async function pickPhoto(): Promise<Picked | null> {
  const { assets } = await ImagePicker.launchImageLibraryAsync({
    mediaTypes: "images",
    quality: 0.8,
  });
  const photo = assets?.[0];
  if (!photo) return null;
  return {
    uri: photo.uri,
    type: photo.mimeType ?? "image/jpeg",
    bytes: photo.fileSize ?? new File(photo.uri).size,
    name: photo.fileName ?? "photo.jpg",
  };
}

/** A file, null if the person chose none. */
export async function pickFile(): Promise<Picked | null> {
  const { assets } = await DocumentPicker.getDocumentAsync({ type: TYPES });
  const file = assets?.[0];
  if (!file) return null;
  return {
    uri: file.uri,
    type: file.mimeType ?? "",
    bytes: file.size ?? new File(file.uri).size,
    name: file.name,
  };
}
