import Tail
import Wire

/// The calls of tools that a `ui` stream has announced, oldest first. A result is illegal without its call, so a
/// stream that begins after a call must be able to announce it again.
struct CallBook: Sendable {
  struct Call: Sendable {
    var id: String
    var name: String
    var input: JSONSlice
    var providerExecuted: Bool
    /// No result has come yet.
    var isOpen: Bool
  }

  private let limit: Int
  private var calls: [Call] = []

  init(limit: Int) {
    self.limit = limit
  }

  /// The calls that wait for a result, in the order of their announcement.
  var open: [Call] { calls.filter(\.isOpen) }

  func find(_ id: String) -> Call? {
    position(id).map { calls[$0] }
  }

  /// Notes a call; beyond the limit the oldest answered one is forgotten, or else the oldest.
  mutating func announce(_ call: Call) {
    if let position = position(call.id) { calls.remove(at: position) }
    if calls.count >= limit, !calls.isEmpty { calls.remove(at: calls.firstIndex { !$0.isOpen } ?? 0) }
    if limit > 0 { calls.append(call) }
  }

  /// Notes a result. What was known of the call stays known: some agents report a result twice.
  mutating func answer(_ id: String) {
    if let position = position(id) { calls[position].isOpen = false }
  }

  /// After a turn nobody waits any more; a resumed stream need not show these calls as running.
  mutating func settle() {
    for index in calls.indices { calls[index].isOpen = false }
  }

  /// Results follow their calls closely, so the search begins at the newest.
  private func position(_ id: String) -> Int? {
    calls.lastIndex { $0.id == id }
  }
}
