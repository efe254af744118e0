// SPDX-License-Identifier: Apache-2.0
// java Where.java FILE NAMESPACE URL: where a request of a namespace's workload goes. Calls the C library through JNA.
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

public final class Where {
  /** Bytes that the caller owns until meshroute_bytes_free. */
  @Structure.FieldOrder({"data", "size"})
  public static final class Bytes extends Structure {
    public Pointer data;
    public NativeLong size = new NativeLong(0);
  }

  /** Why a call failed. */
  @Structure.FieldOrder({"code", "message"})
  public static final class Failure extends Structure {
    public int code;
    public byte[] message = new byte[508];
  }

  /** The calls that this program makes; NativeLong stands for size_t. */
  public interface Meshroute extends Library {
    int meshroute_mesh_new(Pointer options, PointerByReference out, Failure error);
    void meshroute_mesh_free(Pointer mesh);
    int meshroute_mesh_load(Pointer mesh, byte[] text, NativeLong size, Pointer options, Pointer report, Failure error);
    int meshroute_mesh_snapshot(Pointer mesh, PointerByReference out, Failure error);
    void meshroute_snapshot_free(Pointer snapshot);
    int meshroute_snapshot_view_json(Pointer snapshot, byte[] proxy, NativeLong size, Pointer previous, PointerByReference out,
                                     Failure error);
    void meshroute_view_free(Pointer view);
    int meshroute_resolve_json(Pointer view, byte[] request, NativeLong size, Pointer options, PointerByReference out,
                               Failure error);
    void meshroute_answer_free(Pointer answer);
    int meshroute_answer_json(Pointer answer, int style, Bytes out, Failure error);
    void meshroute_bytes_free(Bytes bytes);
  }

  private static void check(int status, Failure error) {
    if (status < 0) {
      throw new IllegalStateException(Native.toString(error.message, "UTF-8"));
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static void main(String[] arguments) throws Exception {
    String library = System.getenv().getOrDefault("MESHROUTE_LIBRARY", "meshroute");
    Meshroute meshroute = Native.load(library, Meshroute.class);
    Failure error = new Failure();
    byte[] stream = Files.readAllBytes(Path.of(arguments[0]));
    byte[] proxy = utf8("{\"namespace\": \"" + arguments[1] + "\"}");
    byte[] request = utf8(arguments[2]);  // a URL, or a JSON object

    PointerByReference mesh = new PointerByReference();
    check(meshroute.meshroute_mesh_new(null, mesh, error), error);
    check(meshroute.meshroute_mesh_load(mesh.getValue(), stream, new NativeLong(stream.length), null, null, error), error);
    PointerByReference snapshot = new PointerByReference();
    check(meshroute.meshroute_mesh_snapshot(mesh.getValue(), snapshot, error), error);
    PointerByReference view = new PointerByReference();
    check(meshroute.meshroute_snapshot_view_json(snapshot.getValue(), proxy, new NativeLong(proxy.length), null, view, error),
          error);
    PointerByReference answer = new PointerByReference();
    check(meshroute.meshroute_resolve_json(view.getValue(), request, new NativeLong(request.length), null, answer, error), error);
    Bytes bytes = new Bytes();
    check(meshroute.meshroute_answer_json(answer.getValue(), 0, bytes, error), error);
    System.out.println(new String(bytes.data.getByteArray(0, bytes.size.intValue()), StandardCharsets.UTF_8));

    meshroute.meshroute_bytes_free(bytes);
    meshroute.meshroute_answer_free(answer.getValue());
    meshroute.meshroute_view_free(view.getValue());
    meshroute.meshroute_snapshot_free(snapshot.getValue());
    meshroute.meshroute_mesh_free(mesh.getValue());
  }
}
