import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectTo, firstOf, freePort, ownFolder, startProgram } from "./program.js";
import { message, type Subject } from "./subject.js";

/** Where Debian puts the module. */
export function nchanModule(): string | undefined {
  return firstOf("/usr/lib/nginx/modules/ngx_nchan_module.so");
}

/** nginx with Nchan, one worker, WebSocket readers: keeps the last 1,000 messages of a channel. */
export async function start(command: string): Promise<Subject> {
  const folder = ownFolder();
  const port = await freePort();
  const settings = join(folder, "nginx.conf");
  writeFileSync(settings, settingsFor(folder, port));
  const program = startProgram(command, ["-c", settings, "-p", folder, "-e", "stderr"], folder);
  const publisher = await connectTo(port);
  publisher.resume(); // what it answers to each message
  let waiting = "";
  return {
    port,
    pid: program.pid,
    publish(channel, text) {
      const body = message(channel, text);
      waiting += `POST /pub/${channel} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    },
    endTick() {
      publisher.write(waiting);
      waiting = "";
    },
    stop: program.stop,
  };
}

/** One process that does all of the work, so that it can be measured as one. */
function settingsFor(folder: string, port: number): string {
  return `
load_module ${nchanModule()};
daemon off; master_process off; user root; pid ${folder}/pid;
worker_rlimit_nofile 20000;
events { worker_connections 19000; multi_accept on; }
http {
  access_log off; error_log stderr crit; keepalive_requests 1000000000; keepalive_timeout 1h;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  nchan_max_reserved_memory 512M;
  server {
    listen 127.0.0.1:${port} backlog=16384; tcp_nodelay on;
    location ~ /pub/(.+)$ {
      nchan_publisher http; nchan_channel_id $1; nchan_message_buffer_length 1000; nchan_message_timeout 1m;
    }
    location ~ /sub/(.+)$ {
      nchan_subscriber websocket; nchan_channel_id $1; nchan_channel_id_split_delimiter ",";
      nchan_subscriber_first_message newest; nchan_subscriber_timeout 0; nchan_websocket_ping_interval 0;
    }
  }
}
`;
}
