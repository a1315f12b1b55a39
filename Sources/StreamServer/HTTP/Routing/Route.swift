import Wire

/// An operation and the code that does it. `Owner` is the actor that the code belongs to.
public struct Route<Owner: Sendable>: Sendable {
  /// What a route does with a call that was checked.
  public typealias Action = @Sendable (Owner, Call) async throws(Problem) -> Reply

  /// The declaration.
  public var operation: Operation
  /// The code; nil for a route that is listed and not served.
  public var action: Action?

  /// A route that is served.
  public init(
    _ method: Method, _ pattern: String, aliases: [String] = [], mounts: [Mount] = Mount.allCases,
    rate: RateClass = .other,
    tier: Tier = .fundamental, _ summary: String, parameters: [Parameter] = [], body: Operation.Body = .none,
    answers: [Operation.Answer], errors: [ProblemCode] = [], delivery: Operation.Delivery = .response,
    access: Operation.Access = .identified, action: @escaping Action
  ) {
    operation = Operation(
      method: method, patterns: ([pattern] + aliases).map(PathPattern.init), mounts: mounts, rateClass: rate,
      summary: summary,
      tier: tier, parameters: parameters, body: body, answers: answers, errors: errors, delivery: delivery,
      access: access)
    self.action = action
  }

  /// A route that is listed and answered 501.
  public init(
    absent method: Method, _ pattern: String, aliases: [String] = [], mounts: [Mount] = Mount.allCases,
    rate: RateClass = .other,
    tier: Tier, _ summary: String, because reason: String
  ) {
    operation = Operation(
      method: method, patterns: ([pattern] + aliases).map(PathPattern.init), mounts: mounts, rateClass: rate,
      summary: summary,
      tier: tier, parameters: [], body: .none, answers: [], errors: [.notImplemented], delivery: .response,
      access: .identified, absence: reason)
  }
}
