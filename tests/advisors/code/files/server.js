const http = require('http');
const { Server } = require('socket.io');
const express = require('express');

const app = express();
const server = http.createServer(app);
const io = new Server(server, { cors: { origin: '*' } });

const rooms = {};

io.on('connection', (socket) => {
  socket.on('join', ({ room, name }) => {
    socket.data.room = room;
    rooms[room] = rooms[room] || [];
    rooms[room].push(name);
  });
  socket.on('cursor', (pos) => {
    io.emit('cursor', { room: socket.data.room, id: socket.id, pos });
  });
  socket.on('disconnect', () => {
    io.emit('left', { id: socket.id });
  });
});

server.listen(process.env.PORT || 8080);
