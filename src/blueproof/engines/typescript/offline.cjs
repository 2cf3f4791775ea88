// Loaded before anything else: a check talks to its own machine and to nothing beyond it.
const net = require("node:net");

const near = new Set([undefined, "localhost", "127.0.0.1", "::1"]);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  const [options] = Array.isArray(given[0]) ? given[0] : given;
  const host = typeof options === "object" ? options.host : given[1];
  if (typeof host === "string" && !near.has(host)) {
    throw new Error(`no network while checks run: ${host}`);
  }
  return connect.apply(this, given);
};
