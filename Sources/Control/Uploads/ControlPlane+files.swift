import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// Files of one request, and bytes of each (API section 2).
  private static let mostFiles = 8
  private static let mostBytes = 10 << 20

  fileprivate struct Upload {
    var name: String
    var bytes: ArraySlice<UInt8>
  }

  /// How many files a request may have, how large, and what says so.
  struct FileLimit {
    var files: Int
    var bytes: Int
    /// The setting; nil for a limit that none changes.
    var setting: String?
  }

  /// The files of a request, as they came; at least one.
  struct GivenFiles {
    /// What is said about them.
    var caption: String?
    /// The path of one that is here.
    fileprivate var path: String?
    fileprivate var uploads: [Upload]
  }

  /// The files of a request, where agents can read them.
  struct KeptFiles {
    var all: [UploadShelf.Kept]
    /// Those that came with the request, and are ours.
    var uploaded: [UploadShelf.Kept]
  }

  /// `POST sessions/{id}/file`
  func giveFiles(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let entry = try await session(call.id)
    let given = try givenFiles(
      call, for: entry, FileLimit(files: Self.mostFiles, bytes: Self.mostBytes))
    let (caption, kept) = (given.caption, try await keep(given, for: entry).all)
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

  /// Reads the files out of a request.
  func givenFiles(_ call: Call, for entry: SessionEntry, _ limit: FileLimit) throws(Problem) -> GivenFiles {
    var given = GivenFiles(uploads: [])
    let type = call.request.head.headers["content-type"] ?? ""
    if type.lowercased().hasPrefix("multipart/form-data") {
      guard let form = FormData(call.request.body, contentType: type) else {
        throw .invalid("body", "must be multipart/form-data (RFC 7578) with at most 64 parts")
      }
      given.caption = form.parts.first { $0.name == "caption" }.map {
        String(decoding: $0.bytes, as: UTF8.self)
      }
      given.uploads = form.parts.compactMap { part in
        part.filename.map { Upload(name: $0, bytes: part.bytes) }
      }
    } else {
      let body = try call.body()
      given.caption = try body.text("caption", maximum: rules.messages.maxCharacters)
      given.path = try body.text("file_path", maximum: 4096)
      given.uploads = try Self.uploads(body, most: limit.files)
    }
    try Self.check(given.caption ?? "", for: entry.agent, field: "caption")
    let count = given.uploads.count + (given.path == nil ? 0 : 1)
    guard count > 0 else { throw .invalid("files", "is missing: a file_path, files, or parts of a form") }
    guard count <= limit.files else { throw .invalid("files", "must be at most \(limit.files)") }
    guard given.uploads.allSatisfy({ $0.bytes.count <= limit.bytes }) else {
      let setting = limit.setting.map { " (\($0))" } ?? ""
      throw Problem(.payloadTooLarge, "a file may have at most \(limit.bytes) bytes\(setting)")
    }
    return given
  }

  /// Keeps the files that came with a request, and finds the one that it names.
  func keep(_ given: GivenFiles, for entry: SessionEntry) async throws(Problem) -> KeptFiles {
    var found: [UploadShelf.Kept] = []
    if let path = given.path {
      let roots = await fileRoots(entry)
      found.append(
        try await onShelf { shelf throws(UploadShelf.Fault) in try await shelf.find(path, under: roots) })
    }
    var uploaded: [UploadShelf.Kept] = []
    for upload in given.uploads {
      uploaded.append(
        try await onShelf { shelf throws(UploadShelf.Fault) in
          try await shelf.keep(upload.bytes, named: upload.name, session: entry.id)
        })
    }
    return KeptFiles(all: found + uploaded, uploaded: uploaded)
  }

  private static func uploads(_ body: Body, most: Int) throws(Problem) -> [Upload] {
    var uploads: [Upload] = []
    for item in try body.list("files", most: most) ?? [] {
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
