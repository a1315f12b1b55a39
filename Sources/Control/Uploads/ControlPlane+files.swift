import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// Files of one request, and bytes of each (API section 2).
  private static let mostFiles = 8
  private static let mostBytes = 10 << 20

  private struct Upload {
    var name: String
    var bytes: ArraySlice<UInt8>
  }

  /// `POST sessions/{id}/file`
  func giveFiles(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let entry = try await session(call.id)
    var caption: String?
    var uploads: [Upload] = []
    var path: String?
    let type = call.request.head.headers["content-type"] ?? ""
    if type.lowercased().hasPrefix("multipart/form-data") {
      guard let form = FormData(call.request.body, contentType: type) else {
        throw .invalid("body", "must be multipart/form-data (RFC 7578) with at most 64 parts")
      }
      caption = form.parts.first { $0.name == "caption" }.map { String(decoding: $0.bytes, as: UTF8.self) }
      uploads = form.parts.compactMap { part in part.filename.map { Upload(name: $0, bytes: part.bytes) } }
    } else {
      let body = try call.body()
      caption = try body.text("caption", maximum: rules.messages.maxCharacters)
      path = try body.text("file_path", maximum: 4096)
      uploads = try Self.uploads(body)
    }
    try Self.check(caption ?? "", for: entry.agent, field: "caption")
    var kept: [UploadShelf.Kept] = []
    if let path {
      let roots = await fileRoots(entry)
      kept.append(
        try await onShelf { shelf throws(UploadShelf.Fault) in try await shelf.find(path, under: roots) })
    }
    guard kept.count + uploads.count <= Self.mostFiles else {
      throw .invalid("files", "must be at most \(Self.mostFiles)")
    }
    for upload in uploads {
      guard upload.bytes.count <= Self.mostBytes else {
        throw Problem(.payloadTooLarge, "a file may have at most \(Self.mostBytes) bytes")
      }
      kept.append(
        try await onShelf { shelf throws(UploadShelf.Fault) in
          try await shelf.keep(upload.bytes, named: upload.name, session: entry.id)
        })
    }
    guard !kept.isEmpty else { throw .invalid("files", "is missing: a file_path, files, or parts of a form") }
    let names = kept.map { "Attached file: \($0.path)" }.joined(separator: "\n")
    let text = [caption, names].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n\n")
    let sent = try await send(text, to: entry, clientID: nil, field: "file_path")
    var writer = JSONWriter()
    writer.object { json in
      json.field("status", "success")
      sent.message.write(into: &json)
      json.key("files")
      json.array { json in
        for file in kept {
          json.object { json in
            json.field("path", file.path)
            json.field("bytes", file.bytes)
          }
        }
      }
    }
    return .response(.json(writer.take(), status: 201))
  }

  private static func uploads(_ body: Body) throws(Problem) -> [Upload] {
    var uploads: [Upload] = []
    for item in try body.list("files", most: mostFiles) ?? [] {
      guard item.kind == .object, let data = item["data"]?.string, let bytes = Base64.decode(data.utf8) else {
        throw body.invalid("files", "must be objects with filename and data in base64")
      }
      uploads.append(
        Upload(name: item["filename"]?.string ?? item["name"]?.string ?? "file", bytes: bytes[...]))
    }
    return uploads
  }

  /// Where files may be given from: the session's own directory.
  private func fileRoots(_ entry: SessionEntry) async -> [String] {
    [await desk.managed(entry.id)?.directory ?? entry.summary.cwd].compactMap { $0 }.filter { !$0.isEmpty }
  }

  private func onShelf<Value: Sendable>(
    _ body: (UploadShelf) async throws(UploadShelf.Fault) -> Value
  ) async throws(Problem) -> Value {
    do throws(UploadShelf.Fault) {
      return try await body(shelf)
    } catch {
      switch error {
      case .unwritable(let reason):
        throw Problem(.storeUnavailable, "the file cannot be stored just now", inner: reason)
      case .noFile: throw Problem(.fileUnusable, "file_path names no file that can be read")
      case .outside:
        throw Problem(.fileUnusable, "file_path is outside the session's directory; upload the file instead")
      }
    }
  }
}
