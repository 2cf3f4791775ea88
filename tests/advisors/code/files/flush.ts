export async function flush() {
  const raw = await AsyncStorage.getItem("queue");
  const queue: Order[] = raw ? JSON.parse(raw) : [];
  for (const order of queue) {
    await fetch(`${API}/orders`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(order),
    });
  }
  await AsyncStorage.setItem("queue", "[]");
}
NetInfo.addEventListener((s) => { if (s.isConnected) flush(); });
