import { WebSocketServer } from 'ws';

const wss = new WebSocketServer({ port: 8080 });
const users = new Map();

wss.on('connection', (ws) => {
  ws.on('message', (raw) => {
    const msg = JSON.parse(raw);
    users.set(ws, msg.user);
    wss.clients.forEach((client) => {
      if (client.readyState === 1) client.send(JSON.stringify(msg));
    });
  });
});
