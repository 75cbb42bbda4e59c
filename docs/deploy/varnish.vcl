# Transport Lab behind Varnish (7 or later), which has no TLS: something in front of it does, and tells it by the PROXY
# protocol who the client is. Change, if it listens elsewhere, the lab's address; put the file in the place of
# /etc/varnish/default.vcl, and start Varnish with "-a 127.0.0.1:6081,PROXY"; then:
#
#   varnishreload
#
# docs/deploy/varnish.md says what goes wrong without each of these lines.

vcl 4.1;

backend lab {
  .host = "127.0.0.1";
  .port = "3000";
  .connect_timeout = 5s;
  # Longer than a heartbeat (15 s) and than the longest poll (55 s); the default is 60 s.
  .first_byte_timeout = 75s;
  .between_bytes_timeout = 75s;
}

sub vcl_recv {
  # Varnish adds to what is there. Whatever the client claims to be ends here.
  set req.http.X-Forwarded-For = client.ip;
  set req.http.X-Forwarded-Proto = "https";
  set req.http.X-Forwarded-Host = req.http.Host;

  if (req.http.Upgrade ~ "(?i)^websocket$") {
    return (pipe);
  }
  # What is named by its contents is the only thing here that a cache can keep.
  if (req.method == "GET" && req.url ~ "^/[^/?]+-[A-Z0-9]{8}\.(js|css)$") {
    unset req.http.Cookie;
    return (hash);
  }
  # Everything else by itself. Without this, of two equal polls the second waits until the first has been answered.
  return (pass);
}

sub vcl_pipe {
  # For one hop only (RFC 9110 §7.6.1), so they are set again towards the lab.
  set bereq.http.Upgrade = "websocket";
  set bereq.http.Connection = "upgrade";
}
