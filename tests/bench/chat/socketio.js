// socket.io with its Redis adapter and pg, as its documentation puts them together, on our tables: one statement a message.
const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Pool } = require("pg");

const SAVE = `
WITH held AS MATERIALIZED (
    SELECT c.id, c.last_seq, c.state FROM messaging_conversation c
    JOIN messaging_participant p ON p.conversation_id = c.id AND p.user_id = $2 AND p.left_at IS NULL
    WHERE c.id = $1 FOR NO KEY UPDATE OF c
), stored AS (
    SELECT id, seq, created_at FROM messaging_message WHERE conversation_id = $1 AND sender_id = $2 AND client_id = $3
), inserted AS (
    INSERT INTO messaging_message (id, conversation_id, seq, sender_id, client_id, kind, text, created_at)
    SELECT gen_random_uuid(), id, last_seq + 1, $2, $3, 'text', $4, clock_timestamp() FROM held
    WHERE state = 'open' AND NOT EXISTS (SELECT FROM stored)
    RETURNING id, seq, created_at
), raised AS (
    UPDATE messaging_conversation c SET last_seq = i.seq, last_message_at = i.created_at FROM inserted i WHERE c.id = $1
)
SELECT id, seq, created_at, true AS fresh FROM inserted
UNION ALL SELECT id, seq, created_at, false FROM stored`;
const NUMBERS = `
SELECT c.id, c.last_seq FROM messaging_participant p JOIN messaging_conversation c ON c.id = p.conversation_id
WHERE p.user_id = $1 AND p.left_at IS NULL`;
const MISSED = `
SELECT m.* FROM unnest($1::uuid[], $2::bigint[]) AS want (conversation_id, cursor)
JOIN messaging_participant p ON p.conversation_id = want.conversation_id AND p.user_id = $3 AND p.left_at IS NULL
CROSS JOIN LATERAL (
    SELECT * FROM messaging_message
    WHERE conversation_id = want.conversation_id AND seq > want.cursor ORDER BY seq LIMIT 200
) m ORDER BY m.conversation_id, m.seq`;

const pool = new Pool({ host: process.env.PG_DIRECTORY, user: "dn", database: "dn", max: 10 });

function shown(row) {
  return {
    conversation: row.conversation_id, seq: Number(row.seq), id: row.id, client_id: row.client_id,
    sender: row.sender_id, text: row.text, at: row.created_at,
  };
}

async function serve() {
  const publisher = createClient({ socket: { path: process.env.VALKEY_SOCKET } });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  const http = createServer((_request, response) => response.end("here"));
  const io = new Server(http, {
    adapter: createAdapter(publisher, subscriber), transports: ["websocket"], perMessageDeflate: false, serveClient: false,
  });
  io.use((socket, next) => {
    const found = /person=(\d+)/.exec(socket.handshake.headers.cookie || "");
    socket.data.person = found && Number(found[1]);
    next(found ? undefined : new Error("sign in"));
  });
  io.on("connection", async (socket) => {
    const person = socket.data.person;
    socket.on("send", async ({ rid, conversation, client_id, text }) => {
      const { rows } = await pool.query({ name: "save", text: SAVE, values: [conversation, person, client_id, text] });
      const known = { conversation, client_id, id: rows[0].id, seq: Number(rows[0].seq), at: rows[0].created_at };
      socket.emit("ack", { rid, ...known, dup: !rows[0].fresh });
      if (rows[0].fresh) io.to(conversation).emit("message", { ...known, sender: person, text });
    });
    socket.on("resume", async ({ rid, cursors }) => {
      const values = [Object.keys(cursors), Object.values(cursors), person];
      const { rows } = await pool.query({ name: "missed", text: MISSED, values });
      for (const row of rows) socket.emit("message", shown(row));
      socket.emit("resumed", { rid });
    });
    const { rows } = await pool.query({ name: "numbers", text: NUMBERS, values: [person] });
    socket.join(rows.map((row) => row.id));
    socket.emit("hello", { conversations: Object.fromEntries(rows.map((row) => [row.id, Number(row.last_seq)])) });
  });
  http.listen(Number(process.env.PORT), "127.0.0.1");
}

serve();
