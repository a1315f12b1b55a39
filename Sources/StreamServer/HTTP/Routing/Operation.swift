import Wire

/// The declaration of a route: what it takes, what it answers, what it may refuse. Router, checks, rate classes and
/// the OpenAPI document are made of it.
public struct Operation: Sendable {
  /// How the answer is delivered.
  public enum Delivery: Sendable, Hashable {
    /// One response.
    case response
    /// A stream of events; its refusals are limited to 400, 401, 403 and 404 (STREAMS section 4).
    case stream
    /// The connection becomes a WebSocket.
    case socket
  }

  /// Who may call.
  public enum Access: Sendable, Hashable {
    /// Whoever has shown who they are.
    case identified
    /// Whoever has shown who they are, but no person that a proxy names unless an owner.
    case owners
    /// Anyone who can connect.
    case anyone
  }

  /// What body is read.
  public enum Body: Sendable {
    /// None; one that is sent is ignored.
    case none
    /// A JSON object of this schema.
    case json(schema: String, required: Bool)
    /// A JSON object of this schema, or `multipart/form-data` (RFC 7578).
    case upload(schema: String)
  }

  /// A right answer.
  public struct Answer: Sendable {
    /// The status code.
    public var status: Int
    /// What it says.
    public var meaning: String
    /// The media type, or nil without a body.
    public var mediaType: String?
    /// The name of the body's schema among the document's components.
    public var schema: String?
    /// The mounts that answer so; nil for all of them.
    public var mounts: [Mount]?

    /// An answer.
    public init(
      _ status: Int, _ meaning: String, _ mediaType: String? = "application/json", schema: String? = nil,
      at mounts: [Mount]? = nil
    ) {
      self.mounts = mounts
      self.status = status
      self.meaning = meaning
      self.mediaType = mediaType
      self.schema = schema
    }
  }

  /// The method.
  public var method: Method
  /// The paths below the mounts; the first is the canonical one, the others are aliases.
  public var patterns: [PathPattern]
  /// Where it is mounted.
  public var mounts: [Mount]
  /// What a call counts against.
  public var rateClass: RateClass
  /// One line for the document.
  public var summary: String
  /// How important it is.
  public var tier: Tier
  /// What it takes beside the body.
  public var parameters: [Parameter]
  /// What body it reads.
  public var body: Body
  /// What it answers when all is well.
  public var answers: [Answer]
  /// What it may refuse beside what every route may.
  public var errors: [ProblemCode]
  /// How the answer is delivered.
  public var delivery: Delivery
  /// Who may call.
  public var access: Access
  /// Most bytes of the body; nil is the server's limit.
  public var bodyLimit: Int?
  /// Why the route is listed and not served; nil if it is served.
  public var absence: String?

  /// Whether a call may change something.
  public var isMutation: Bool { ![.get, .head, .options].contains(method) }

  /// Whether the route also answers HEAD.
  public var answersHead: Bool { method == .get && delivery == .response }

  /// The paths as clients see them, mount by mount, canonical before alias.
  public var paths: [(mount: Mount, path: String, pattern: PathPattern)] {
    mounts.flatMap { mount in
      patterns.map { (mount, $0.text.isEmpty ? mount.rawValue + "/" : "\(mount.rawValue)/\($0.text)", $0) }
    }
  }

  /// Checks the parameters of a call against their declarations.
  public func check(_ call: Call) throws(Problem) {
    for parameter in parameters {
      let values = call.values(parameter)
      if values.isEmpty, parameter.isRequired { throw .invalid(parameter.name, "is missing") }
      for value in parameter.isRepeated ? values : Array(values.prefix(1)) {
        // `?after=` is how a form sends nothing.
        if value.isEmpty, !parameter.isRequired, parameter.mayBeEmpty { continue }
        try parameter.check(value)
      }
    }
  }
}
