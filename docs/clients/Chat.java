import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A chat in the terminal, over short polling, long polling, SSE or WebSocket, with the JDK (17) and nothing else.
 *
 * <pre>java docs/clients/Chat.java sse http://localhost:3000 kitchen Ada</pre>
 *
 * What is said in the room is printed, and each line that you type is said there. Ctrl-D ends it when
 * everything has been sent. A transport reads pages over one connection; coming back after a loss is written
 * once, in readForever. docs/reference/protocol.md has the rules that both keep.
 */
public final class Chat {
  /** Short polling: from one answer to the next question. */
  static final Duration POLL = Duration.ofSeconds(1);
  /** Long polling: how long the server may keep the question. */
  static final int HOLD_S = 25;
  /** A line on which nothing came for so long is dead: the server gives a sign every 15 s. */
  static final Duration SILENCE = Duration.ofSeconds(30);
  static final double BACKOFF_BASE_MS = 500, BACKOFF_CAP_MS = 15_000;
  /** The longest that a server's wish is heeded: one that says "in an hour" may be wrong. */
  static final double RETRY_AFTER_CAP_S = 60;
  /** A connection must last this long before the next failure counts as the first. */
  static final Duration MIN_UPTIME = Duration.ofSeconds(5);

  /** A frame's refusal has no status: these are the codes that may pass, and all others will not. */
  static final Set<String> PASSING_CODES =
      Set.of("too-many-requests", "internal", "stopping", "not-stored", "too-many-rooms");

  /** The server said no, and would say no again. */
  static final class Refused extends RuntimeException {
    Refused(String message) {
      super(message);
    }
  }

  /** The server said not now, and perhaps for how long. */
  static final class Passing extends IOException {
    final double retryAfterS;

    Passing(String message, double retryAfterS) {
      super(message);
      this.retryAfterS = retryAfterS;
    }
  }

  /** Reads pages over one connection; returns when the server ends it, and throws when it breaks. */
  interface Transport {
    void read() throws IOException, InterruptedException;
  }

  /** As it comes: it offers to go on in HTTP/2 (Upgrade: h2c) with every request. */
  final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  final Random random = new Random();
  final String base, author;
  final BlockingQueue<Map<String, Object>> unsent = new LinkedBlockingQueue<>();
  volatile String cursor;
  volatile long openSince;
  double lastSeq;

  Chat(String url, String transport, String room, String author) {
    this.base = url + "/transports/" + transport + "/rooms/" + room + "/";
    this.author = author;
  }

  // The transports.

  void shortPolling() throws IOException, InterruptedException {
    while (true) {
      if (!take(ask("messages", ""))) Thread.sleep(POLL.toMillis());
    }
  }

  void longPolling() throws IOException, InterruptedException {
    take(ask("messages", "wait=0")); // at once: is anybody there?
    while (true) take(ask("messages", "wait=" + HOLD_S));
  }

  void sse() throws IOException, InterruptedException {
    var answer = http.send(request("events", "").build(), BodyHandlers.ofInputStream());
    if (answer.statusCode() != 200) throw failure(answer, "");
    var heard = new Watchdog(answer.body());
    try (var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      var data = new StringBuilder();
      for (String line; (line = lines.readLine()) != null; ) {
        heard.now();
        if (line.startsWith("data:")) data.append(line.substring(line.startsWith("data: ") ? 6 : 5));
        if (!line.isEmpty() || data.isEmpty()) continue;
        take(Json.parse(data.toString())); // an empty line ends an event
        data.setLength(0);
      }
    } finally {
      heard.stop();
    }
  }

  @SuppressWarnings("unchecked")
  void webSocket() throws IOException, InterruptedException {
    var frames = new LinkedBlockingQueue<Object>();
    var uri = URI.create(address("socket", "").replaceFirst("^http", "ws"));
    WebSocket socket;
    try {
      socket = http.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10)).buildAsync(uri, new Frames(frames)).join();
    } catch (java.util.concurrent.CompletionException failed) {
      if (failed.getCause() instanceof java.net.http.WebSocketHandshakeException refused)
        throw failure(refused.getResponse(), "");
      throw new IOException(failed.getCause());
    }
    try {
      Map<String, Object> sent = null;
      long heardAt = System.nanoTime();
      while (true) {
        // One draft is on its way at a time, and stays the first of the unsent until it is answered.
        if (unsent.peek() != null && unsent.peek() != sent) {
          sent = unsent.peek();
          socket.sendText(Json.write(Map.of("type", "send", "draft", sent)), true).join();
        }
        // A short wait, so that what was typed can go out in between.
        var came = frames.poll(50, TimeUnit.MILLISECONDS);
        if (came == null && System.nanoTime() - heardAt < SILENCE.toNanos()) continue;
        if (!(came instanceof String text)) throw new IOException(came == null ? "no sign of life" : came.toString());
        heardAt = System.nanoTime();
        var frame = (Map<String, Object>) Json.parse(text);
        switch ((String) frame.get("type")) {
          case "page" -> take(frame.get("page"));
          case "accepted" -> unsent.poll();
          case "rejected" -> {
            // What may be sent again goes out by the next connection.
            if (PASSING_CODES.contains(frame.get("code"))) throw passing(frame);
            note("refused: " + frame.get("message"));
            unsent.poll();
          }
          case "error" -> {
            if (PASSING_CODES.contains(frame.get("code"))) throw passing(frame);
            throw new Refused((String) frame.get("message"));
          }
          default -> {} // a heartbeat, or what a newer server says
        }
      }
    } finally {
      socket.abort();
    }
  }

  static IOException passing(Map<String, Object> frame) {
    return new Passing((String) frame.get("message"), frame.get("retryAfterS") instanceof Double seconds ? seconds : 0);
  }

  /** Puts whole messages into a queue, and at last why there will be no more. */
  record Frames(BlockingQueue<Object> queue, StringBuilder parts) implements WebSocket.Listener {
    Frames(BlockingQueue<Object> queue) {
      this(queue, new StringBuilder());
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      parts.append(part);
      if (last) {
        queue.add(parts.toString());
        parts.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      queue.add(new IOException("closed with " + code + " " + reason));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      queue.add(error);
    }
  }

  Object ask(String path, String query) throws IOException, InterruptedException {
    var limit = SILENCE.plusSeconds(5);
    var answer = http.send(request(path, query).timeout(limit).build(), BodyHandlers.ofString());
    if (answer.statusCode() != 200) throw failure(answer, answer.body());
    return Json.parse(answer.body());
  }

  HttpRequest.Builder request(String path, String query) {
    return HttpRequest.newBuilder(URI.create(address(path, query)));
  }

  String address(String path, String query) {
    var since = cursor == null ? "" : "since=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8) + "&";
    return base + path + "?" + since + query;
  }

  /** What a status other than success means: trying again may help, or not. */
  static IOException failure(HttpResponse<?> answer, String body) {
    int status = answer.statusCode();
    if (status < 500 && status != 408 && status != 425 && status != 429) throw new Refused(status + " " + body);
    // Its other form, a date, would need our clock to agree with theirs (RFC 9110 section 10.2.3).
    var seconds = answer.headers().firstValue("Retry-After").filter(value -> value.matches("[0-9]{1,6}")).orElse("0");
    return new Passing("HTTP " + status, Integer.parseInt(seconds));
  }

  /** Prints what is new in a page, each message once. @return whether there is more already */
  @SuppressWarnings("unchecked")
  boolean take(Object value) {
    var page = (Map<String, Object>) value;
    if (openSince == 0) openSince = System.nanoTime();
    if ((Boolean) page.get("gap")) {
      note("some messages cannot be had any more");
      lastSeq = 0;
    }
    for (var message : (List<Map<String, Object>>) page.get("messages")) {
      var seq = (Double) message.get("seq");
      if (seq <= lastSeq) continue;
      lastSeq = seq;
      show(seq.longValue() + " " + message.get("author") + ": " + message.get("text"));
    }
    cursor = (String) page.get("cursor");
    return (Boolean) page.get("more");
  }

  // Coming back.

  void readForever(Transport transport) throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      openSince = 0;
      var askedS = 0.0;
      try {
        transport.read();
        note("the server ended the connection");
      } catch (IOException broken) {
        note("the connection broke: " + broken);
        askedS = askedS(broken);
      }
      if (openSince != 0 && System.nanoTime() - openSince >= MIN_UPTIME.toNanos()) attempt = 0;
      backOff(askedS, attempt);
    }
  }

  /** Not before the server wants it, and then at random, so that those who lost it together do not come back together. */
  void backOff(double askedS, int attempt) throws InterruptedException {
    var bound = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * Math.pow(2, attempt));
    Thread.sleep((long) (askedS * 1_000 + random.nextDouble() * bound));
  }

  /** How long the server wants to be left alone, in seconds; 0 when it has said nothing. */
  static double askedS(IOException broken) {
    return broken instanceof Passing passing ? Math.min(RETRY_AFTER_CAP_S, Math.max(0, passing.retryAfterS)) : 0;
  }

  /** Closes a stream on which nothing was heard for too long. */
  static final class Watchdog {
    final InputStream stream;
    CompletableFuture<Void> timer;

    Watchdog(InputStream stream) {
      this.stream = stream;
      now();
    }

    void now() {
      stop();
      timer = new CompletableFuture<Void>().completeOnTimeout(null, SILENCE.toSeconds(), TimeUnit.SECONDS);
      timer.thenRun(() -> {
        try {
          stream.close();
        } catch (IOException closedAlready) {
          // as wished
        }
      });
    }

    void stop() {
      if (timer != null) timer.cancel(false);
    }
  }

  // Sending: one draft at a time, and the same draft again when the answer was lost.

  void post() throws InterruptedException {
    for (int attempt = 0; ; ) {
      var draft = unsent.peek();
      if (draft == null) {
        Thread.sleep(20);
        continue;
      }
      var body = HttpRequest.BodyPublishers.ofString(Json.write(draft));
      var request = HttpRequest.newBuilder(URI.create(base + "messages")).timeout(Duration.ofSeconds(10))
          .header("Content-Type", "application/json").POST(body).build();
      try {
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 201) throw failure(answer, answer.body());
        attempt = 0;
        unsent.poll();
      } catch (Refused refused) {
        note("refused: " + refused.getMessage());
        unsent.poll();
      } catch (IOException broken) {
        backOff(askedS(broken), attempt++);
      }
    }
  }

  // The terminal.

  /** Prints a line, and ends the program when what is printed is not read any more, as with {@code | head -1}. */
  static void show(String line) {
    System.out.println(visible(line));
    if (System.out.checkError()) System.exit(0);
  }

  static void note(String text) {
    System.err.println("-- " + plain(text));
  }

  /** What the server says of itself, without the isolates around names (U+2068, U+2069), which a terminal does not know. */
  static String plain(String sentence) {
    return visible(sentence.replaceAll("[\\u2068\\u2069]", ""));
  }

  /**
   * What other people wrote, as one line that can do nothing to the terminal: {@code \n} in place of a line break, and an
   * escape in place of a control or format character. What the terminal's character set lacks becomes a question mark
   * by itself.
   */
  static String visible(String text) {
    var shown = new StringBuilder();
    text.codePoints().forEach(one -> {
      switch (Character.getType(one)) {
        case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
            Character.SURROGATE -> shown.append(escaped(one));
        default -> shown.appendCodePoint(one);
      }
    });
    return shown.toString();
  }

  static String escaped(int one) {
    return switch (one) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> String.format("\\u%04x", one);
    };
  }

  /** How the terminal writes: as the system says, or else in UTF-8, of which ASCII is a part. */
  static Charset keyboardCharset() {
    var charset = Charset.forName(System.getProperty("native.encoding", "UTF-8"));
    return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
  }

  interface Work {
    void run() throws Exception;
  }

  static void start(Work work) {
    var thread = new Thread(() -> {
      try {
        work.run();
      } catch (Exception failed) {
        System.err.println(failed instanceof Refused ? "the server refused: " + plain(failed.getMessage()) : failed);
        System.exit(1);
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 4) {
      System.err.println("usage: java Chat.java short-polling|long-polling|sse|websocket URL ROOM NAME");
      System.exit(2);
    }
    var chat = new Chat(args[1], args[0], args[2], args[3]);
    Transport transport = switch (args[0]) {
      case "short-polling" -> chat::shortPolling;
      case "long-polling" -> chat::longPolling;
      case "sse" -> chat::sse;
      case "websocket" -> chat::webSocket;
      default -> throw new IllegalArgumentException("there is no transport " + args[0]);
    };
    start(() -> chat.readForever(transport));
    if (!args[0].equals("websocket")) start(chat::post); // a WebSocket carries both ways
    var keyboard = new BufferedReader(new InputStreamReader(System.in, keyboardCharset()));
    for (String line; (line = keyboard.readLine()) != null; ) {
      if (line.isEmpty()) continue;
      var draft = new LinkedHashMap<String, Object>();
      draft.put("draftId", UUID.randomUUID().toString());
      draft.put("author", chat.author);
      draft.put("text", line);
      chat.unsent.add(draft);
    }
    while (!chat.unsent.isEmpty()) Thread.sleep(20);
  }

  /** As much of JSON (RFC 8259) as a client needs: the JDK has none. */
  static final class Json {
    final String text;
    int at;

    Json(String text) {
      this.text = text;
    }

    static Object parse(String text) {
      return new Json(text).value();
    }

    static String write(Map<String, ?> object) {
      var fields = new ArrayList<String>();
      object.forEach((name, value) -> fields.add(quote(name) + ":" + write(value)));
      return "{" + String.join(",", fields) + "}";
    }

    @SuppressWarnings("unchecked")
    static String write(Object value) {
      return value instanceof Map ? write((Map<String, ?>) value) : quote((String) value);
    }

    static String quote(String text) {
      var quoted = new StringBuilder("\"");
      for (char one : text.toCharArray()) {
        if (one == '"' || one == '\\') quoted.append('\\').append(one);
        else if (one < ' ') quoted.append(String.format("\\u%04x", (int) one));
        else quoted.append(one);
      }
      return quoted.append('"').toString();
    }

    Object value() {
      skipSpace();
      return switch (text.charAt(at)) {
        case '{' -> object();
        case '[' -> array();
        case '"' -> string();
        case 't' -> word("true", true);
        case 'f' -> word("false", false);
        case 'n' -> word("null", null);
        default -> number();
      };
    }

    Map<String, Object> object() {
      var object = new LinkedHashMap<String, Object>();
      for (at++; !closes('}'); closes(',')) {
        skipSpace();
        var name = string();
        if (!closes(':')) throw new IllegalArgumentException("no JSON at " + at);
        object.put(name, value());
      }
      return object;
    }

    List<Object> array() {
      var array = new ArrayList<Object>();
      for (at++; !closes(']'); closes(',')) array.add(value());
      return array;
    }

    String string() {
      var string = new StringBuilder();
      for (at++; text.charAt(at) != '"'; at++) {
        if (text.charAt(at) != '\\') {
          string.append(text.charAt(at));
          continue;
        }
        char escape = text.charAt(++at);
        int plain = "\"\\/bfnrt".indexOf(escape);
        if (plain >= 0) string.append("\"\\/\b\f\n\r\t".charAt(plain));
        else string.append((char) Integer.parseInt(text.substring(at + 1, (at += 4) + 1), 16));
      }
      at++;
      return string.toString();
    }

    Double number() {
      int from = at;
      while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) at++;
      return Double.valueOf(text.substring(from, at));
    }

    Object word(String word, Object value) {
      if (!text.startsWith(word, at)) throw new IllegalArgumentException("no JSON at " + at);
      at += word.length();
      return value;
    }

    boolean closes(char sign) {
      skipSpace();
      boolean is = text.charAt(at) == sign;
      if (is) at++;
      return is;
    }

    void skipSpace() {
      while (Character.isWhitespace(text.charAt(at))) at++;
    }
  }
}
