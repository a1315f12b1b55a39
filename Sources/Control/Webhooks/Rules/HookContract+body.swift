import StreamServer
import Wire

extension HookContract {
  /// Most characters of a name or a value that a criterion asks for.
  private static let textLimit = 512
  /// The longest life that can be asked for: ten years.
  private static let lifeLimit: Int64 = 10 * 366 * 86400

  /// The contract that a body asks for. Throws 400 for a field that is not of its form, and 422 for one that is and
  /// still cannot be.
  init(_ body: Body, allowPrivate: Bool, nowMS: Int64) throws(Problem) {
    id = try body.id("id") ?? "hook-" + Secret.make(bytes: 8)
    guard let target = try body.object("target") else { throw .hook("target", "is missing") }
    let handler = try target.text("handler", maximum: Self.textLimit)
    guard let text = try target.text("url", maximum: 4096) else {
      throw .hook("target", handler == nil ? "needs a url" : "names a handler, and this server has none")
    }
    guard handler == nil else { throw .hook("target", "must have a url or a handler, not both") }
    do throws(HookURL.Fault) {
      let parsed = try HookURL(text)
      try parsed.checkLiteral(allowPrivate: allowPrivate)
    } catch {
      throw .hook("target.url", error.reason)
    }
    url = text
    secret = try target.text("secret", maximum: 1024)
    if let secret, secret.isEmpty { throw .hook("target.secret", "must not be empty") }
    criteria = try HookCriteria(body)
    createdMS = nowMS
    if let seconds = try body.number("ttl_seconds", in: -Int(Self.lifeLimit) * 10...Int(Self.lifeLimit) * 10)
    {
      guard (1...Self.lifeLimit).contains(Int64(seconds)) else {
        throw .hook("ttl_seconds", "must be from 1 to \(Self.lifeLimit)")
      }
      expiresMS = nowMS + Int64(seconds) * 1000
    }
  }
}

extension HookCriteria {
  /// Most properties that one contract may ask for.
  private static let propertyLimit = 64

  /// The criteria of a body, and of their stored form.
  init(_ body: Body) throws(Problem) {
    source = try Criterion(body.object("source_criterion"), at: "source_criterion")
    type = try Criterion(body.object("type_criterion"), at: "type_criterion")
    if let source, !source.match.isEmpty, source.pattern == nil,
      source.match.allSatisfy({ $0 == HookEvent.ownTopic })
    {
      throw .hook("source_criterion", "events of hooks are never sent to hooks")
    }
    guard let asked = try body.object("properties") else { return }
    guard asked.names.count <= Self.propertyLimit else {
      throw body.invalid("properties", "must have at most \(Self.propertyLimit) members")
    }
    for name in asked.names {
      guard let criterion = try Criterion(asked.object(name), at: "properties.\(name)") else {
        throw asked.invalid(name, "must be an object")
      }
      properties[name] = criterion
    }
  }
}

extension Criterion {
  private static let keys = ["match", "pattern", "required"]
  private static let valueLimit = 256

  /// A criterion; nil where none is asked for.
  fileprivate init?(_ body: Body?, at path: String) throws(Problem) {
    guard let body else { return nil }
    for name in body.names where !Self.keys.contains(name) {
      throw .hook("\(path).\(name)", "is unknown; a criterion has \(Self.keys.joined(separator: ", "))")
    }
    if let value = body.value("match") {
      if let text = value.string {
        match = [text]
      } else {
        match = try body.texts("match", most: Self.valueLimit, maximum: 512) ?? []
        // An empty list would ask for nothing, and so accept what its author wanted to keep out.
        guard !match.isEmpty else { throw .hook("\(path).match", "must not be empty") }
      }
    }
    pattern = try body.text("pattern", maximum: 512).map(Wildcard.init)
    isRequired = try body.flag("required") ?? true
  }
}

extension Problem {
  /// A contract that is well formed and cannot be kept.
  static func hook(_ field: String, _ message: String) -> Problem {
    Problem(.hookUnprocessable, "\(field): \(message)") { writer in
      writer.field("field", field)
      writer.field("reason", message)
    }
  }
}
