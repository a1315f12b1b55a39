import Store
import StreamServer
import Wire

extension ControlPlane {
  /// `GET settings`
  func showSettings(_ call: Call) async throws(Problem) -> Reply {
    let settings = try await read { (reader) throws(StoreError) in LiveSettings(try reader.settings()) }
    var response = Self.response(settings)
    if let sent = call.request.head.headers["if-none-match"], SettingsMatch(sent).includes(settings.tag) {
      response = Response(status: 304, headers: [("etag", settings.tag)])
    }
    return .response(response)
  }

  /// `PATCH settings`
  func patchSettings(_ call: Call) async throws(Problem) -> Reply {
    let patch = try SettingsPatch(try call.body().json)
    let match = call.text("if-match").map { SettingsMatch($0) }
    let nowMS = clockMS()
    let result: Result<LiveSettings, Problem> = try await commit { (database) throws(StoreError) in
      let before = LiveSettings(try database.settings())
      if let match, !match.includes(before.tag) { return (.failure(.outdatedSettings(before)), []) }
      // Saying what holds already is no change, and wakes nobody.
      let news = patch.changes.filter { key, value in
        before.values[key] != value ?? LiveSetting.all.first { $0.key == key }?.standard
      }
      guard !news.isEmpty, case .saved(let rows) = try database.saveSettings(news) else {
        return (.success(before), [])
      }
      let after = LiveSettings(rows)
      let change = Change(nowMS: nowMS, "settings", "settings.updated") { json in
        json.field("version", after.version)
        json.key("changed")
        json.array { json in for key in news.keys.sorted() { json.value(key) } }
        json.key("settings")
        after.write(into: &json)
      }
      return (.success(after), [change])
    }
    return .response(Self.response(try result.get()))
  }

  private static func response(_ settings: LiveSettings) -> Response {
    var writer = JSONWriter()
    settings.write(into: &writer)
    var response = Response.json(writer.take())
    response.headers += [("etag", settings.tag), ("cache-control", "no-cache")]
    return response
  }
}

extension LiveSettings {
  init(_ rows: SettingsRows) { self.init(version: rows.version, stored: rows.values) }
}

/// The tags of an `If-Match` or `If-None-Match` field (RFC 9110 section 13.1).
struct SettingsMatch: Sendable {
  private let tags: [Substring]

  init(_ field: String) {
    tags = field.split(separator: ",").map { tag in
      var tag = tag.drop { $0 == " " || $0 == "\t" }
      while tag.last == " " || tag.last == "\t" { tag.removeLast() }
      return tag
    }
  }

  /// True for a version among them, and for `*`: there always is a version. The quotes may be missing.
  func includes(_ tag: String) -> Bool {
    tags.contains { $0 == "*" || $0 == tag || "\"\($0)\"" == tag }
  }
}

extension Problem {
  /// The settings were changed by somebody else.
  static func outdatedSettings(_ current: LiveSettings) -> Problem {
    Problem(.versionMismatch, "the settings are at version \(current.version); If-Match names another") {
      json in
      json.field("version", current.version)
      json.key("current")
      current.write(into: &json)
    }.with("etag", current.tag)
  }
}
