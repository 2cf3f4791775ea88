const uploadAvatar = async (uri: string, userId: string) => {
  const res = await fetch(uri);
  const blob = await res.blob();
  const { data, error } = await supabase.storage
    .from("avatars")
    .upload(`${userId}.jpg`, blob, { contentType: "image/jpeg" });
  if (error) throw error;
  return data.path;
};
