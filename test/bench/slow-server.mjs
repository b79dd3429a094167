// Answers every request after 5 ms with the answer of an MCP tool: what callers and proxy reach when a server does
// nothing at all. Usage: node slow-server.mjs PORT
import { createServer } from 'node:http';

const ANSWER = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  result: { content: [{ type: 'text', text: '{"rows":[{"one":1}]}' }] },
});
createServer((request, response) => {
  request.resume();
  setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER), 5);
}).listen(Number(process.argv[2]), '127.0.0.1');
