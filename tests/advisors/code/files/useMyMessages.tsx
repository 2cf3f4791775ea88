useEffect(() => {
  const q = query(collection(db, "messages"), where("members", "array-contains", uid));
  onSnapshot(q, (snap) => setMessages(snap.docs.map((d) => d.data())));
}, [messages]);
