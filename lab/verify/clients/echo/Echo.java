import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The JDK's WebSocket against an echo: prints a line for each thing that went well, and fails otherwise. */
class Echo {
  private static final int[] LENGTHS = {0, 1, 125, 126, 127, 65_535, 65_536, 1024 * 1024};
  private static final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /** Joins the parts in which the JDK hands out what is long. */
  private static final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private int bytes = 0;

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        heard.add("text " + text);
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
      bytes += part.remaining();
      if (last) {
        heard.add("binary " + bytes);
        bytes = 0;
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      heard.add("pong " + message.remaining());
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("close " + code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      heard.add("error " + error);
    }
  }

  private static void expect(String words) throws InterruptedException {
    String got = heard.poll(20, TimeUnit.SECONDS);
    if (!words.equals(got)) throw new AssertionError("expected " + words.length() + ", got " + got);
  }

  public static void main(String[] args) throws Exception {
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(args[0]), new Listener())
            .get(20, TimeUnit.SECONDS);
    for (int length : LENGTHS) {
      String text = "ü".repeat(length);
      socket.sendText(text, true).get();
      expect("text " + text);
      socket.sendBinary(ByteBuffer.allocate(length), true).get();
      expect("binary " + length);
    }
    System.out.println("lengths " + LENGTHS.length);

    socket.sendText("Hel", false).get();
    socket.sendPing(ByteBuffer.allocate(3)).get();
    socket.sendText("lo", true).get();
    expect("pong 3");
    expect("text Hello");
    System.out.println("a ping between fragments");

    socket.sendClose(4321, "bye").get();
    expect("close 4321");
    System.out.println("closed 4321");
    System.exit(0);
  }
}
