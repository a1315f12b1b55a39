import Wire

/// A request that was admitted and routed, as a route's code sees it.
public struct Call: Sendable {
  /// The request.
  public var request: Request
  /// The declaration of the route.
  public var operation: Operation
  /// The mount that the client used; it decides the shape of the answer.
  public var mount: Mount
  /// The decoded segments that the pattern names.
  public var captures: [String: String]
  /// Who asks.
  public var caller: Caller
  /// Told of a parameter that the route's code reads and its declaration lacks: a fault of the program, that no request
  /// should have to pay for.
  private let undeclared: @Sendable (String) -> Void

  /// A call.
  public init(
    request: Request, operation: Operation, mount: Mount, captures: [String: String], caller: Caller,
    undeclared: @escaping @Sendable (String) -> Void
  ) {
    self.request = request
    self.operation = operation
    self.mount = mount
    self.captures = captures
    self.caller = caller
    self.undeclared = undeclared
  }

  /// The session or other thing that the path names.
  public var id: String { captures["id"] ?? "" }

  /// A parameter as text: as sent, or its default, or nil. Empty counts as left out; so does one that is not declared.
  public func text(_ name: String) -> String? {
    guard let parameter = operation.parameters.first(where: { $0.name == name }) else {
      undeclared(
        "\(operation.method.name) \(operation.patterns[0].text) reads \(name), which it does not declare")
      return nil
    }
    return values(parameter).first { !$0.isEmpty } ?? parameter.standard
  }

  /// A parameter as a whole number.
  public func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

  /// A parameter as a truth value.
  public func flag(_ name: String) -> Bool? { text(name).flatMap { Parameter.flags[$0] } }

  /// A parameter as a list of words.
  public func words(_ name: String) -> [String] { text(name)?.split(separator: ",").map(String.init) ?? [] }

  /// A parameter as a time.
  public func time(_ name: String) -> Timestamp? { text(name).flatMap { Timestamp($0) } }

  /// A parameter as a position in a transcript.
  public func cursor(_ name: String) -> Cursor? { text(name).flatMap { Cursor($0) } }

  /// All values of a parameter.
  func values(_ parameter: Parameter) -> [String] {
    switch parameter.place {
    case .path: captures[parameter.name].map { [$0] } ?? []
    case .query: request.head.query.all(parameter.name)
    case .header: request.head.headers.all(parameter.name)
    }
  }

  /// All values of a parameter that may stand several times; empty ones are left out.
  public func all(_ name: String) -> [String] {
    request.head.query.all(name).filter { !$0.isEmpty }
  }

  /// The fields of the body; none if no body is required and none was sent.
  public func body() throws(Problem) -> Body {
    var isOptional = false
    switch operation.body {
    case .none: return Body(JSONSlice(Array("{}".utf8)))
    case .json(_, let required): isOptional = !required
    case .upload: break
    }
    if request.body.isEmpty, isOptional { return Body(JSONSlice(Array("{}".utf8))) }
    guard let json = JSONSlice(validating: request.body), json.kind == .object else {
      throw .invalid("body", "must be a JSON object")
    }
    return Body(json)
  }
}
