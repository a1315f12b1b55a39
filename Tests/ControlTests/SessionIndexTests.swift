import Testing

@testable import Control
@testable import Tail

@Suite("The order of sessions")
struct SessionIndexTests {
  @Test("Whatever moves between two lists, a list is in the order of the newest keys, then of the ids")
  func order() {
    var random = SystemRandomNumberGenerator()
    var index = SessionIndex()
    var newest: [String: Int64] = [:]
    for round in 0..<200 {
      for _ in 0..<Int.random(in: 0...8, using: &random) {
        let id = "s\(Int.random(in: 0..<40, using: &random))"
        let updated = Int64.random(in: 0..<20, using: &random)
        newest[id] = updated
        index.put(SessionView(entry: entry(id, updatedMS: updated), managed: nil))
      }
      let wanted = newest.map { ($0.value, $0.key) }.sorted { $0 < $1 }.map(\.1)
      #expect(index.ids(by: .updated, descending: false) { _ in true } == wanted, "round \(round)")
      if round % 3 == 0 {
        #expect(index.ids(by: .created, descending: true) { _ in true }.count == newest.count)
      }
    }
  }
}
