import StreamServer
import Wire

extension Call {
  /// Answers a list with its tag: `{key: […], …}`, and a bare array at the mounts that expect one (API, head).
  /// - Parameter bareAt: the mounts with a bare array.
  /// - Parameter more: writes the members beside the list, where there is an object.
  func list(
    _ key: StaticString, bareAt: [Mount] = [.root], more: (inout JSONWriter) -> Void = { _ in },
    _ elements: (inout JSONWriter) -> Void
  ) -> Reply {
    var writer = JSONWriter(reserving: 1024)
    if bareAt.contains(mount) {
      writer.array(elements)
    } else {
      writer.object { writer in
        writer.key(key)
        writer.array(elements)
        more(&writer)
      }
    }
    return .response(EntityTag.tag(.json(writer.take()), for: request))
  }
}

extension Operation.Answer {
  /// The answers of `Call.list`: `schema` with "List" for the object and with "Array" for the bare array.
  static func list(_ schema: String, bareAt: [Mount] = [.root], _ meaning: String) -> [Operation.Answer] {
    let wrapped = Mount.allCases.filter { !bareAt.contains($0) }
    return [
      .init(200, meaning, schema: schema + "List", at: wrapped),
      .init(200, meaning, schema: schema + "Array", at: bareAt),
      .init(304, "It is the one that If-None-Match names.", nil),
    ]
  }
}

extension Response {
  /// One JSON object.
  static func object(status: Int = 200, _ members: (inout JSONWriter) -> Void) -> Response {
    var writer = JSONWriter()
    writer.object(members)
    return .json(writer.take(), status: status)
  }
}
